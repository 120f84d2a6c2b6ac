# pillow.py OUT.json - writes pictures, and what Pillow makes of them, for PicturesTest.cpp and the tests of dlc-run.
# SPDX-License-Identifier: Apache-2.0
#
# Needs Pillow, which tests do not: pillow.json, which is stored, was made by Pillow 13.0. Bytes are in base 64.
import base64
import io
import json
import random
import struct
import sys
import zlib

from PIL import Image, ImageOps

draw = random.Random(1)


def picture(width, height):
    """Smooth shapes and noise, so that a filter that is off by a pixel or a rounding shows."""
    pixels = []
    for y in range(height):
        for x in range(width):
            pixels.append(tuple(min(255, max(0, int(base + draw.randrange(-40, 40)))) for base in
                                (255 * x / width, 255 * y / height, 255 * ((x // 4 + y // 3) % 2))))
    image = Image.new("RGB", (width, height))
    image.putdata(pixels)
    return image


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, lines, interlaced=0):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(lines), 9)) +
            chunk(b"IEND", b""))


def interlaced(image):
    """Pillow reads these, but does not write them."""
    lines = []
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        for y in range(y0, image.height, dy):
            line = b"".join(bytes(image.getpixel((x, y))) for x in range(x0, image.width, dx))
            if line:
                lines.append(b"\0" + line)
    return png(image.width, image.height, 8, 2, lines, 1)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation):
    record = Image.Exif()
    record[0x112] = orientation
    return record.tobytes()


base = picture(23, 17)
small = picture(7, 4)
grey16 = [draw.randrange(65536) for _ in range(6 * 5)]
files = {
    "rgb.png": saved(base, "PNG"),
    "grey.png": saved(base.convert("L"), "PNG"),
    "palette.png": saved(base.quantize(16), "PNG"),
    "bit.png": saved(base.convert("1"), "PNG"),
    "interlaced.png": interlaced(base),
    "opaque.png": saved(base.convert("RGBA"), "PNG"),
    "grey16.png": png(6, 5, 16, 0, [b"\0" + struct.pack(">6H", *grey16[6 * y:6 * y + 6]) for y in range(5)]),
    "rgb.jpg": saved(base, "JPEG", quality=90),
    "grey.jpg": saved(base.convert("L"), "JPEG", quality=90),
    "progressive.jpg": saved(base, "JPEG", quality=85, progressive=True),
    "cmyk.jpg": saved(small.convert("CMYK"), "JPEG", quality=80),
}
clear = small.convert("RGBA")
clear.putpixel((3, 2), (1, 2, 3, 254))
files["transparent.png"] = saved(clear, "PNG")
clear = small.quantize(8)
files["transparent-palette.png"] = saved(clear, "PNG", transparency=clear.getpixel((0, 0)))
for orientation in range(1, 9):
    files[f"exif{orientation}.jpg"] = saved(small, "JPEG", quality=95, subsampling=0, exif=exif(orientation))

cases = []


def case(name, mode, size=None, filter=None):
    image = Image.open(io.BytesIO(files[name]))
    if name == "grey16.png":
        # Pillow cuts off what is above 255; the nearest byte is meant here.
        image = Image.frombytes("L", image.size, bytes((v * 255 + 32895) >> 16 for v in grey16))
    image = ImageOps.exif_transpose(image).convert(mode)
    if size:
        image = image.resize(size, getattr(Image.Resampling, filter))
    cases.append({"file": name, "channels": len(mode), "size": list(image.size), "filter": filter or "",
                  "pixels": base64.b64encode(image.tobytes()).decode()})


for name in files:
    if "transparent" not in name and name != "cmyk.jpg":
        case(name, "RGB")
        case(name, "L")
for filter in ("BOX", "BILINEAR"):
    for size in ((8, 6), (23, 5), (10, 17), (11, 13), (1, 1), (31, 20), (22, 16), (12, 40)):
        case("rgb.png", "RGB", size, filter)
        case("grey.png", "L", size, filter)
    case("rgb.png", "L", (9, 7), filter)
    case("grey.png", "RGB", (9, 7), filter)

with open(sys.argv[1], "w") as out:
    entries = [f'"{name}": "{base64.b64encode(data).decode()}"' for name, data in files.items()]
    out.write('{"files": {\n' + ",\n".join(entries) + '\n},\n"cases": [\n')
    out.write(",\n".join(json.dumps(each) for each in cases) + "\n]}\n")
