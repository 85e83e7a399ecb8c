"""One colour per class name, the same in every window, video and chart."""

from zlib import crc32

# Okabe and Ito's six bright colours, then four as far from these as can be. The nearest two lie 17 apart in CIE Lab
# under normal sight, protanopia and deuteranopia (Machado et al. 2009); all are bright enough to stand on a photograph.
COLORS = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (213, 94, 0),
    (204, 121, 167),
    (128, 64, 255),
    (153, 255, 178),
    (102, 255, 255),
    (64, 102, 204),
)
SALT = 191  # the first number that keeps classes apart which often occur together: drone, bird, airplane, kite ...


def class_color(class_name: str) -> tuple[int, int, int]:
    """Red, green and blue, 0..255, of a class: depends on its name alone."""
    return COLORS[crc32(f"{SALT}{class_name}".encode()) % len(COLORS)]


def text_color(background: tuple[int, int, int]) -> tuple[int, int, int]:
    """Black or white, whichever reads better on this colour (WCAG 2 relative luminance)."""
    channels = [value / 255 for value in background]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return (0, 0, 0) if luminance > 0.179 else (255, 255, 255)
