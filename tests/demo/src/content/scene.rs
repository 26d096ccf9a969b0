//! Paints a landscape: a sky of some hour, sun or moon, hills, a sea with a sail on it.

use fastrand::Rng;

type Rgb = [f32; 3];

/// The colours of an hour of the day: zenith, horizon, sun, nearest hill, sea.
const HOURS: [[Rgb; 5]; 6] = [
    [[62., 70., 120.], [247., 186., 160.], [255., 226., 190.], [58., 60., 78.], [120., 120., 150.]],
    [[48., 120., 206.], [196., 226., 245.], [255., 252., 236.], [44., 92., 62.], [38., 110., 150.]],
    [[92., 140., 196.], [250., 226., 176.], [255., 240., 200.], [74., 86., 44.], [64., 112., 130.]],
    [[34., 34., 86.], [242., 132., 70.], [255., 208., 120.], [26., 24., 40.], [88., 64., 92.]],
    [[6., 10., 28.], [34., 50., 86.], [236., 238., 226.], [6., 10., 16.], [16., 28., 50.]],
    [[122., 134., 146.], [206., 210., 210.], [228., 230., 228.], [62., 76., 70.], [104., 120., 126.]],
];
const NIGHT: usize = 4;

fn mix(a: Rgb, b: Rgb, t: f32) -> Rgb {
    let t = t.clamp(0.0, 1.0);
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t)
}

/// One row of hills: where its edge is at each column, and its colour.
struct Ridge {
    edge: Vec<f32>,
    colour: Rgb,
}

fn ridges(rng: &mut Rng, width: usize, height: f32, sea: f32, horizon: Rgb, near: Rgb) -> Vec<Ridge> {
    let count = rng.usize(2..=4);
    (0..count)
        .map(|n| {
            let depth = (n + 1) as f32 / count as f32;
            let waves: Vec<(f32, f32, f32)> = (1..=4)
                .map(|k| {
                    (
                        rng.f32() * 6.3,
                        k as f32 * (1.2 + rng.f32() * 2.6),
                        (0.05 + rng.f32() * 0.06) / k as f32,
                    )
                })
                .collect();
            let base = sea - height * (0.20 - 0.17 * depth);
            let edge = (0..width)
                .map(|x| {
                    let u = x as f32 / width as f32;
                    base - waves
                        .iter()
                        .map(|(phase, pace, size)| (phase + u * pace * 3.0).sin() * size * height)
                        .sum::<f32>()
                })
                .collect();
            Ridge { edge, colour: mix(horizon, near, 0.25 + 0.75 * depth) }
        })
        .collect()
}

/// Paints scene number `scene` as `width` × `height` pixels of red, green, blue.
pub(super) fn paint(scene: u32, width: u16, height: u16) -> Vec<u8> {
    let mut rng = Rng::with_seed(u64::from(scene) + 77);
    let hour = rng.usize(0..HOURS.len());
    let [zenith, horizon, sun, hill, sea_colour] = HOURS[hour];
    let (w, h) = (usize::from(width), f32::from(height));
    let sea = h * (0.62 + rng.f32() * 0.22);
    let (sun_x, sun_y) = (w as f32 * (0.15 + 0.7 * rng.f32()), h * (0.12 + 0.34 * rng.f32()));
    let sun_size = h * (0.035 + 0.05 * rng.f32());
    let hills = ridges(&mut rng, w, h, sea, horizon, hill);
    let ripple = rng.f32() * 6.0;

    let mut pixels = Vec::with_capacity(w * usize::from(height) * 3);
    for y in 0..usize::from(height) {
        let (fy, depth) = (y as f32, (y as f32 - sea) / (h - sea));
        let sky = mix(zenith, horizon, fy / sea);
        // Water mirrors the horizon far out and shows its own colour near the shore.
        let water = mix(mix(horizon, sea_colour, 0.55), sea_colour, depth);
        for x in 0..w {
            let fx = x as f32;
            let colour = if depth >= 0.0 {
                let wave =
                    ((fy * 0.9 + ripple).sin() * 3.0 + (fy * 0.23 + fx * 0.03).sin() * 2.0) * (0.4 + depth);
                let path = (1.0 - (fx - sun_x).abs() / (sun_size * (1.0 + depth * 3.0))).max(0.0);
                mix(water, sun, path * 0.55).map(|c| c + wave)
            } else if let Some(ridge) = hills.iter().rev().find(|ridge| fy > ridge.edge[x]) {
                mix(ridge.colour, horizon, 0.25 * (fy - ridge.edge[x]) / h)
            } else {
                let distance = (fx - sun_x).hypot(fy - sun_y);
                mix(mix(sky, sun, (sun_size * 0.8 / (distance + 1.0)).min(0.6)), sun, sun_size - distance)
            };
            pixels.extend(colour.map(|c| c.clamp(0.0, 255.0) as u8));
        }
    }
    if hour == NIGHT {
        stars(&mut rng, &mut pixels, w, (h * 0.4) as usize);
    }
    for _ in 0..rng.usize(0..3) {
        sail(&mut rng, &mut pixels, w, sea, h);
    }
    pixels
}

fn stars(rng: &mut Rng, pixels: &mut [u8], width: usize, below: usize) {
    for _ in 0..width / 4 {
        let at = (rng.usize(0..below) * width + rng.usize(0..width)) * 3;
        let light = rng.u8(110..=250);
        pixels[at..at + 3].fill(light);
    }
}

/// A boat with a white triangle for a sail, larger the nearer it is.
fn sail(rng: &mut Rng, pixels: &mut [u8], width: usize, sea: f32, height: f32) {
    let depth = 0.1 + rng.f32() * 0.5;
    let foot = (sea + (height - sea) * depth) as usize;
    let tall = (height * (0.04 + depth * 0.16)) as usize;
    let mast = rng.usize(width / 8..width * 7 / 8);
    for row in 0..tall {
        let (y, wide) = (foot.saturating_sub(row), (tall - row) / 2);
        for x in mast..(mast + wide).min(width) {
            let at = (y * width + x) * 3;
            pixels[at..at + 3].copy_from_slice(&[244, 240, 230]);
        }
    }
    for row in 0..(tall / 7).max(2) {
        for x in mast.saturating_sub(tall / 5 - row.min(tall / 5))..(mast + tall * 3 / 5 - row).min(width) {
            let at = ((foot + 1 + row) * width + x) * 3;
            if let Some(pixel) = pixels.get_mut(at..at + 3) {
                pixel.copy_from_slice(&[92, 40, 34]);
            }
        }
    }
}
