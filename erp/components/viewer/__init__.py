"""The image viewer: frames of a study in the browser, with window, zoom, cine and lengths."""

from erp.components.viewer.image_viewer import image_viewer

__all__ = ["image_viewer"]
