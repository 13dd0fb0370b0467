"""The image viewer: series of a study in panes, with window, zoom, cine and marks."""

from erp.components.viewer.image_viewer import image_viewer

__all__ = ["image_viewer"]
