"""Curves as SVG: one panel for each sweep, both axes logarithmic."""

import html
import math

WIDTH, HEIGHT = 440, 300  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 60, 15, 30, 80
COLORS = ("#1f5fa8", "#c2412d", "#7aa6d8", "#e39a8d")


def decades(values):
    low = math.floor(math.log10(min(values)))
    high = math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def label(exponent):
    return f"{10 ** exponent:,.0f}" if exponent >= 0 else f"{10.0 ** exponent:g}"


def text(x, y, words, anchor="middle", size=11):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
        f"{html.escape(words)}</text>"
    )


def line(x1, y1, x2, y2, color="#ddd"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}"/>'


def panel(sweep):
    series = sweep.series()
    points = [point for curve in series.values() for point in curve]
    x_low, x_high = decades([x for x, _ in points])
    y_low, y_high = decades([y for _, y in points])

    def x_of(value):
        share = (math.log10(value) - x_low) / (x_high - x_low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y_of(value):
        share = (math.log10(value) - y_low) / (y_high - y_low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [text(WIDTH / 2, 18, sweep.title, size=13)]
    for exponent in range(x_low, x_high + 1):
        x = x_of(10.0 ** exponent)
        parts += [line(x, TOP, x, HEIGHT - BOTTOM), text(x, HEIGHT - BOTTOM + 15, label(exponent))]
    for exponent in range(y_low, y_high + 1):
        y = y_of(10.0 ** exponent)
        parts += [line(LEFT, y, WIDTH - RIGHT, y), text(LEFT - 6, y + 4, label(exponent), "end")]
    parts.append(text(WIDTH / 2, HEIGHT - BOTTOM + 30, sweep.step))
    for number, (name, curve) in enumerate(series.items()):
        color = COLORS[number]
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in curve)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        x, y = LEFT + number % 2 * 180, HEIGHT - 32 + number // 2 * 18
        parts += [
            line(x, y - 4, x + 20, y - 4, color).replace("/>", ' stroke-width="2"/>'),
            text(x + 26, y, name, "start"),
        ]
    return "\n".join(parts)


def write_chart(path, sweeps):
    lines = (len(sweeps) + 1) // 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {lines * HEIGHT}" '
        'font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for number, sweep in enumerate(sweeps):
        x, y = number % 2 * WIDTH, number // 2 * HEIGHT
        parts.append(f'<g transform="translate({x},{y})">\n{panel(sweep)}\n</g>')
    path.write_text("\n".join(parts) + "\n</svg>\n")
