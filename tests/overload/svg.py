"""Curves as an SVG, with nothing but text."""

from html import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 720, 300, 60, 40, 40, 130
COLOURS = ("#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#475569")


def lines(title, unit, series):
    """`series`: curves by their names, each a list of (seconds, value)."""
    points = [point for curve in series.values() for point in curve]
    x_max = max([x for x, _ in points] + [1])
    y_max = max([y for _, y in points] + [1e-9])
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def place(x, y):
        return f"{LEFT + x / x_max * wide:.1f},{TOP + high - y / y_max * high:.1f}"

    parts = [text(LEFT, 20, title, size=15), text(LEFT - 8, TOP - 8, unit, anchor="end")]
    for step in range(5):
        y = TOP + high - step / 4 * high
        parts.append(f'<path d="M{LEFT} {y:.1f}H{LEFT + wide}" stroke="#e2e8f0"/>')
        parts.append(text(LEFT - 8, y + 4, figure(y_max * step / 4), anchor="end"))
        parts.append(text(LEFT + step / 4 * wide, HEIGHT - 16, f"{x_max * step / 4:.0f} s", anchor="middle"))
    for number, (name, curve) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(place(x, y) for x, y in curve)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(text(LEFT + wide + 12, TOP + 14 + 18 * number, name, colour=colour))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def text(x, y, words, anchor="start", size=12, colour="#334155"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(str(words))}</text>'


def figure(value):
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
