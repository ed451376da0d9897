/**
 * HSLuv (https://www.hsluv.org, revision 4): hue, saturation and lightness as the eye takes them. XEP-0392
 * builds on it because colours of one lightness are equally readable.
 */

type Triple = [number, number, number];

/** XYZ (D65) to linear sRGB. */
const TO_RGB: readonly Triple[] = [
  [3.240969941904521, -1.537383177570093, -0.498610760293],
  [-0.96924363628087, 1.87596750150772, 0.041555057407175],
  [0.055630079696993, -0.20397695888897, 1.056971514242878],
];
/** Linear sRGB to XYZ (D65). */
const TO_XYZ: readonly Triple[] = [
  [0.41239079926595, 0.35758433938387, 0.18048078840183],
  [0.21263900587151, 0.71516867876775, 0.072192315360733],
  [0.019330818715591, 0.11919477979462, 0.95053215224966],
];
/** u′ and v′ of the white point D65 */
const WHITE_U = 0.19783000664283;
const WHITE_V = 0.46831999493879;
/** CIE κ and ε */
const KAPPA = 903.2962962;
const EPSILON = 0.0088564516;

/** Takes degrees and two percentages, gives red, green and blue from 0 to 255. */
export function hsluvToRgb(hue: number, saturation: number, lightness: number): Triple {
  if (lightness >= 100) return [255, 255, 255];
  if (lightness <= 0) return [0, 0, 0];
  const radians = (hue / 180) * Math.PI;
  const chroma = (largestChroma(lightness, radians) / 100) * saturation;
  const u = (Math.cos(radians) * chroma) / (13 * lightness) + WHITE_U;
  const v = (Math.sin(radians) * chroma) / (13 * lightness) + WHITE_V;
  const y = lightness > 8 ? ((lightness + 16) / 116) ** 3 : lightness / KAPPA;
  const x = (9 * y * u) / (4 * v);
  const z = (3 * y) / v - x / 3 - 5 * y;
  return TO_RGB.map((row) => toByte(dot(row, [x, y, z]))) as Triple;
}

/** The hue of a colour that is not grey, in degrees. */
export function rgbToHue(red: number, green: number, blue: number): number {
  const linear = [red, green, blue].map(fromByte) as Triple;
  const [x, y, z] = TO_XYZ.map((row) => dot(row, linear)) as Triple;
  const sum = x + 15 * y + 3 * z;
  const degrees = (Math.atan2((9 * y) / sum - WHITE_V, (4 * x) / sum - WHITE_U) * 180) / Math.PI;
  return (degrees + 360) % 360;
}

/** The chroma at which a hue of this lightness leaves sRGB: the nearest of six lines in the plane of u and v. */
function largestChroma(lightness: number, radians: number): number {
  const cube = (lightness + 16) ** 3 / 1560896;
  const sub = cube > EPSILON ? cube : lightness / KAPPA;
  const lengths = TO_RGB.flatMap(([m1, m2, m3]) =>
    [0, 1].map((side) => {
      const top1 = (284517 * m1 - 94839 * m3) * sub;
      const top2 = (838422 * m3 + 769860 * m2 + 731718 * m1) * lightness * sub - 769860 * side * lightness;
      const bottom = (632260 * m3 - 126452 * m2) * sub + 126452 * side;
      return top2 / bottom / (Math.sin(radians) - (top1 / bottom) * Math.cos(radians));
    }),
  );
  return Math.min(...lengths.filter((length) => length >= 0));
}

const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function toByte(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, value)) * 255);
}

function fromByte(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
