import { describe, expect, it } from 'vitest';
import { hsluvToRgb, rgbToHue } from '../../src/ui/theme/hsluv.ts';
import { backgroundOf, colourLevel, createTheme, hueAngle } from '../../src/ui/theme.ts';

// XEP-0392 §13.1: text, angle, and red, green, blue at saturation 100 and lightness 50
const VECTORS = [
  ['Romeo', 327.255249, 0.865, 0, 0.686],
  ['juliet@capulet.lit', 209.4104, 0, 0.515, 0.573],
  ['😺', 331.199341, 0.872, 0, 0.659],
  ['council', 359.994507, 0.918, 0, 0.394],
  ['Board', 171.430664, 0, 0.527, 0.457],
] as const;

describe('colours of persons', () => {
  it.each(VECTORS)(
    'gives %s the angle and colour of the test vectors (XEP-0392 §13.1)',
    (text, angle, ...rgb) => {
      expect(hueAngle(text)).toBeCloseTo(angle, 5);
      const bytes = hsluvToRgb(hueAngle(text), 100, 50);
      bytes.forEach((byte, i) => {
        expect(byte / 255).toBeCloseTo(rgb[i] ?? -1, 2);
      });
      // bytes are coarse: two degrees, round the circle
      const apart = Math.abs(rgbToHue(...bytes) - angle);
      expect(Math.min(apart, 360 - apart)).toBeLessThan(2);
    },
  );

  it('finds the closest of the 16 colours where there are no more (XEP-0392 §5.4)', () => {
    const theme = createTheme({ level: 1, background: 'dark' });
    expect(theme.person('Romeo', 'x')).toBe('\x1b[95mx\x1b[39m');
    expect(theme.person('Board', 'x')).toBe('\x1b[96mx\x1b[39m');
  });

  it('is darker on a light background, and absent without colours (XEP-0392 §4)', () => {
    const dark = createTheme({ level: 3, background: 'dark' }).person('Romeo', 'x');
    expect(createTheme({ level: 3, background: 'light' }).person('Romeo', 'x')).not.toBe(dark);
    expect(createTheme({ level: 0, background: 'dark' }).person('Romeo', 'x')).toBe('x');
    expect(createTheme({ level: 0, background: 'dark' }).error('x')).toBe('x');
  });
});

describe('whether there are colours', () => {
  it('has none with --no-color, NO_COLOR, TERM=dumb, or an output that is no terminal', () => {
    expect(colourLevel(false, true, { FORCE_COLOR: '3' })).toBe(0);
    expect(colourLevel(undefined, true, { NO_COLOR: '1' })).toBe(0);
    expect(colourLevel(undefined, true, { TERM: 'dumb' })).toBe(0);
    expect(colourLevel(undefined, false, {})).toBe(0);
  });

  it('is overridden by FORCE_COLOR', () => {
    expect(colourLevel(undefined, false, { FORCE_COLOR: '3', NO_COLOR: '1' })).toBe(3);
    expect(colourLevel(undefined, true, { FORCE_COLOR: '0' })).toBe(0);
  });

  it('takes a light background from COLORFGBG', () => {
    expect(backgroundOf({ COLORFGBG: '0;15' })).toBe('light');
    expect(backgroundOf({ COLORFGBG: '15;default;0' })).toBe('dark');
    expect(backgroundOf({})).toBe('dark');
  });
});
