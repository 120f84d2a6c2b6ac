#!/usr/bin/env python3
"""fit_math.py - fits the polynomials of Math.cpp, cuts 2 / pi into words, and prints MathTables.h.

SPDX-License-Identifier: Apache-2.0

Each is the minimax polynomial (Remez exchange, 60 digits, mpmath) of a function over an interval under a weight:
the weight turns an error of the polynomial into the relative error of the function that it serves. Coefficients are
rounded to the format they are used in (the names say which, 32 or 64 bits); the error printed beside each is that of
the unrounded polynomial.
Run it to get the header back: python3 compiler/loops/fit_math.py > compiler/loops/MathTables.h
"""
import struct
import textwrap

from mpmath import cos, erf, erfc, exp, expm1, log, log1p, lu_solve, matrix, mp, mpf, pi, polyval, sin, sqrt, tanh

mp.dps = 60


def single(value):
    return struct.unpack("f", struct.pack("f", float(value)))[0]


def extrema(error, low, high, count):
    """The largest |error| between neighbouring sign changes: where the next round interpolates."""
    grid = 40 * count
    points = [(low + high) / 2 - (high - low) / 2 * cos(pi * i / grid) for i in range(grid + 1)]
    values = [error(p) for p in points]
    runs = []
    for point, value in zip(points, values):
        if runs and (value > 0) == (runs[-1][1] > 0):
            if abs(value) > abs(runs[-1][1]):
                runs[-1] = (point, value)
        else:
            runs.append((point, value))
    while len(runs) > count:
        runs.pop(0 if abs(runs[0][1]) < abs(runs[-1][1]) else -1)
    return runs


def minimax(function, weight, low, high, terms):
    """Coefficients, constant first, and the largest weighted error."""
    low, high = mpf(low), mpf(high)
    points = [(low + high) / 2 - (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * terms + 2)) for i in range(terms + 1)]
    for _ in range(12):
        system = matrix(terms + 1, terms + 1)
        right = matrix(terms + 1, 1)
        for row, p in enumerate(points):
            for column in range(terms):
                system[row, column] = p**column
            system[row, terms] = (-1) ** row / weight(p)
            right[row] = function(p)
        solution = lu_solve(system, right)
        coefficients = [solution[i] for i in range(terms)]
        error = lambda p: weight(p) * (polyval(coefficients[::-1], p) - function(p))
        runs = extrema(error, low, high, terms + 1)
        worst = max(abs(v) for _, v in runs)
        if len(runs) < terms + 1 or worst < abs(solution[terms]) * 1.01:
            break
        points = [p for p, _ in runs]
    return coefficients, worst


def table(name, comment, function, weight, low, high, terms, is_single):
    coefficients, worst = minimax(function, weight, low, high, terms)
    shown = [f"{single(c):.9g}" if is_single else f"{float(c):.17g}" for c in coefficients]
    print(f"/// {comment}; error 2^{float(log(worst, 2)):.1f}")
    print(textwrap.fill(f"inline constexpr double {name}[] = {{{', '.join(shown)}}};", 110, subsequent_indent="    "))


half_ln2 = log(mpf(2)) / 2 * mpf("1.001")
tiny = mpf(10) ** -12
root = sqrt(mpf(2))


def log_tail(f):
    return (log1p(f) - f + f * f / 2) / f**3 if abs(f) > tiny else 1 / mpf(3) - f / 4


def series(z, from_term):
    """The terms of ln((1 + s) / (1 - s)) / s from from_term on, over z^from_term; z = s^2."""
    total, power = mpf(0), mpf(1)
    for k in range(from_term, from_term + 40):
        total += 2 * power / (2 * k + 1)
        power *= z
    return total


print("""// MathTables.h - coefficients of Math.cpp's polynomials, constant first, and 2 / pi; printed by fit_math.py.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_LOOPS_MATHTABLES_H
#define DLC_COMPILER_LOOPS_MATHTABLES_H

namespace dlc::elementary {""")
for suffix, one in (("32", True), ("64", False)):
    table("expTail" + suffix, "(e^r - 1 - r) / r^2, |r| <= ln(2) / 2",
          lambda r: (expm1(r) - r) / r**2 if abs(r) > tiny else 1 / mpf(2) + r / 6,
          lambda r: r * r / exp(r) + mpf("0.01"),
          -half_ln2, half_ln2, 5 if one else 10, one)
    table("tanhTail" + suffix, "(tanh(x) - x) / x^3 in x^2, |x| <= 0.5625",
          lambda z: (tanh(sqrt(z)) - sqrt(z)) / sqrt(z) ** 3, lambda z: sqrt(z) ** 3 / tanh(sqrt(z)),
          mpf(10) ** -10, mpf("0.5625") ** 2, 5 if one else 11, one)
    table("sinTail" + suffix, "(sin(x) - x) / x^3 in x^2, |x| <= pi / 4",
          lambda z: (sin(sqrt(z)) - sqrt(z)) / sqrt(z) ** 3, lambda z: sqrt(z) ** 3 / sin(sqrt(z)),
          mpf(10) ** -10, (pi / 4 * mpf("1.001")) ** 2, 3 if one else 6, one)
    table("cosTail" + suffix, "(cos(x) - 1 + x^2 / 2) / x^4 in x^2, |x| <= pi / 4",
          lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, lambda z: z**2 / cos(sqrt(z)),
          mpf(10) ** -10, (pi / 4 * mpf("1.001")) ** 2, 3 if one else 6, one)
    limit = mpf("0.875") if one else mpf(1)
    table("erfSmall" + suffix, f"erf(x) / x - 1 in x^2, |x| <= {float(limit)}",
          lambda z: erf(sqrt(z)) / sqrt(z) - 1, lambda z: sqrt(z) / erf(sqrt(z)),
          mpf(10) ** -10, limit**2, 6 if one else 13, one)
    table("erfLarge" + suffix, f"ln(1 - erf(x)), {float(limit)} <= x <= {4 if one else 6}",
          lambda a: log(erfc(a)), lambda a: erfc(a) / erf(a), limit, 4 if one else 6, 8 if one else 18, one)
table("logTail32", "(ln(1 + f) - f + f^2 / 2) / f^3, sqrt(1/2) <= 1 + f <= sqrt(2)", log_tail,
      lambda f: abs(f**3 / log1p(f)) + mpf("0.003") if f else mpf("0.003"), 1 / root - 1, root - 1, 8, True)
table("logTail64", "(ln((1 + s) / (1 - s)) / s - 2) / s^2 in s^2, |s| <= 3 - 2 sqrt(2)", lambda z: series(z, 1),
      lambda z: z / 2 + tiny, 0, (3 - 2 * root) ** 2, 7, False)
table("powTail64", "(ln((1 + s) / (1 - s)) / s - 2 - 2 s^2 / 3) / s^4 in s^2, |s| <= 3 - 2 sqrt(2)",
      lambda z: series(z, 2), lambda z: z * z / 2 + tiny, 0, (3 - 2 * root) ** 2, 8, False)
mp.prec = 1300
words = [int(2 / pi * mpf(2) ** (19 * 64 - 4)) >> (64 * (18 - i)) & (2**64 - 1) for i in range(19)]
print("/// The bits of 2 / pi, the highest first, after four zeros.")
print(f"inline constexpr unsigned long long twoOverPi[{len(words)}] = {{")
print(textwrap.fill(", ".join(f"{w:#018x}" for w in words) + "};", 116, initial_indent="    ", subsequent_indent="    "))
print("} // namespace dlc::elementary\n#endif")
