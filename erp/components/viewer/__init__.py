"""The image viewer: series of a study in panes, with window, zoom, cine and marks."""

from erp.components.viewer.image_viewer import image_viewer, viewer_ahead

__all__ = ["image_viewer", "viewer_ahead"]
