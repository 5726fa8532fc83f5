"""Pictures become new pictures: decoded, bounded, written again without anything that came along."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from omnisonic.studio.rendering.errors import BadImage

MAX_PIXELS = 6000 * 6000
MAX_EDGE = 3000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_JPEG_QUALITY = 90


def reencode_artwork(source: Path, work_dir: Path) -> tuple[Path, str]:
    """Write `artwork.png` (with transparency) or `artwork.jpg` into `work_dir`; returns path and MIME type.

    Raises `BadImage` for broken pictures and for more than 36 megapixels, before decoding them.
    """
    try:
        with warnings.catch_warnings():
            # Our own bound below is the stricter one; Pillow would only warn about it.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(source, formats=_FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise BadImage(
                        f"The picture has {opened.width} by {opened.height} pixels. "
                        "Scale it down to 6000 by 6000 or less."
                    )
                return _write(opened, work_dir)
    except Image.DecompressionBombError as error:
        raise BadImage(
            "The picture has far too many pixels. Scale it down to 6000 by 6000 or less."
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadImage("The picture is broken. Save it again as PNG or JPEG and upload that.") from error


def _write(opened: Image.Image, work_dir: Path) -> tuple[Path, str]:
    upright = ImageOps.exif_transpose(opened)
    transparent = upright.has_transparency_data
    picture = upright.convert("RGBA" if transparent else "RGB")
    picture.thumbnail((MAX_EDGE, MAX_EDGE))
    if transparent:
        path = work_dir / "artwork.png"
        Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(path, "PNG")
        return path, "image/png"
    path = work_dir / "artwork.jpg"
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(path, "JPEG", quality=_JPEG_QUALITY)
    return path, "image/jpeg"
