//! Paints a landscape: a sky of some hour, sun or moon, hills, a sea with a sail on it.
//!
//! The work per pixel is done in whole numbers, since the demo is made on an emulated processor, where fractions are slow.

use fastrand::Rng;

/// Red, green, blue, each 0 to 255.
type Rgb = [i32; 3];

/// The colours of an hour of the day: zenith, horizon, sun, nearest hill, sea.
const HOURS: [[Rgb; 5]; 6] = [
    [[62, 70, 120], [247, 186, 160], [255, 226, 190], [58, 60, 78], [120, 120, 150]],
    [[48, 120, 206], [196, 226, 245], [255, 252, 236], [44, 92, 62], [38, 110, 150]],
    [[92, 140, 196], [250, 226, 176], [255, 240, 200], [74, 86, 44], [64, 112, 130]],
    [[34, 34, 86], [242, 132, 70], [255, 208, 120], [26, 24, 40], [88, 64, 92]],
    [[6, 10, 28], [34, 50, 86], [236, 238, 226], [6, 10, 16], [16, 28, 50]],
    [[122, 134, 146], [206, 210, 210], [228, 230, 228], [62, 76, 70], [104, 120, 126]],
];
const NIGHT: usize = 4;

/// `a` at `t` 0, `b` at `t` 256.
fn mix(a: Rgb, b: Rgb, t: i32) -> Rgb {
    let t = t.clamp(0, 256);
    [0, 1, 2].map(|i| a[i] + (((b[i] - a[i]) * t) >> 8))
}

/// One row of hills: where its edge is at each column, and its colour.
struct Ridge {
    edge: Vec<i32>,
    colour: Rgb,
}

fn ridges(rng: &mut Rng, width: usize, height: f32, sea: f32, horizon: Rgb, near: Rgb) -> Vec<Ridge> {
    let count = rng.usize(2..=4);
    (1..=count)
        .map(|n| {
            let depth = n as f32 / count as f32;
            let waves: Vec<(f32, f32, f32)> = (1..=4)
                .map(|k| k as f32)
                .map(|k| (rng.f32() * 6.3, k * (3.6 + rng.f32() * 7.8), (0.05 + rng.f32() * 0.06) / k))
                .collect();
            let base = sea - height * (0.20 - 0.17 * depth);
            let edge = (0..width)
                .map(|x| x as f32 / width as f32)
                .map(|u| {
                    base - waves
                        .iter()
                        .map(|(phase, pace, size)| (phase + u * pace).sin() * size * height)
                        .sum::<f32>()
                })
                .map(|edge| edge as i32)
                .collect();
            Ridge { edge, colour: mix(horizon, near, 64 + 192 * n as i32 / count as i32) }
        })
        .collect()
}

/// The sun or the moon: where it stands, how large it is, and how strongly it colours what is `d`² pixels away.
struct Sun {
    x: i32,
    y: i32,
    size: i32,
    colour: Rgb,
    glow: Vec<i32>,
}

/// Squared distances are looked up in steps of this many.
const STEP: i32 = 16;

impl Sun {
    fn new(x: i32, y: i32, size: i32, colour: Rgb) -> Self {
        let reach = size * 6;
        let strength = |step: i32| {
            let distance = ((step * STEP) as f32).sqrt();
            let disc = (size as f32 + 0.5 - distance).clamp(0.0, 1.0);
            let halo = 0.6 * (1.0 - distance / reach as f32).max(0.0).powi(3);
            (disc.max(halo) * 256.0) as i32
        };
        Self { x, y, size, colour, glow: (0..reach * reach / STEP).map(strength).collect() }
    }

    fn at(&self, x: i32, y: i32) -> i32 {
        let squared = (x - self.x) * (x - self.x) + (y - self.y) * (y - self.y);
        self.glow.get((squared / STEP) as usize).copied().unwrap_or(0)
    }

    /// Its path on the water: how strong in column `x` of a row so `deep` in the picture (0 to 256).
    fn path(&self, x: i32, deep: i32) -> i32 {
        let half = self.size + self.size * 3 * deep / 256;
        (half - (x - self.x).abs()).max(0) * 140 / half
    }
}

/// Paints scene number `scene` as `width` × `height` pixels of red, green, blue.
pub(super) fn paint(scene: u32, width: u16, height: u16) -> Vec<u8> {
    let mut rng = Rng::with_seed(u64::from(scene) + 77);
    let hour = rng.usize(0..HOURS.len());
    let [zenith, horizon, sun, hill, sea_colour] = HOURS[hour];
    let (w, h) = (usize::from(width), f32::from(height));
    let sea = (h * (0.62 + rng.f32() * 0.22)) as i32;
    let (sun_x, sun_y) = (w as f32 * (0.15 + 0.7 * rng.f32()), h * (0.12 + 0.34 * rng.f32()));
    let sun = Sun::new(sun_x as i32, sun_y as i32, (h * (0.035 + 0.05 * rng.f32())) as i32, sun);
    let hills = ridges(&mut rng, w, h, sea as f32, horizon, hill);
    let waves: Vec<i32> = (0..256).map(|n| ((n as f32 * 0.0245).sin() * 3.5) as i32).collect();

    let mut pixels = vec![0; w * usize::from(height) * 3];
    for (y, row) in pixels.chunks_exact_mut(w * 3).enumerate() {
        let y = y as i32;
        let deep = (y - sea) * 256 / (i32::from(height) - sea);
        // Water mirrors the horizon far out and shows its own colour near the shore.
        let ground = match deep {
            0.. => mix(mix(horizon, sea_colour, 140), sea_colour, deep),
            _ => mix(zenith, horizon, y * 256 / sea),
        };
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let across = x as i32;
            let [red, green, blue] = if deep >= 0 {
                let wave = waves[((y * 37) & 255) as usize] + waves[((y * 9 + across) & 255) as usize];
                mix(ground, sun.colour, sun.path(across, deep)).map(|c| c + wave * (100 + deep) / 256)
            } else if let Some(ridge) = hills.iter().rev().find(|ridge| y > ridge.edge[x]) {
                mix(ridge.colour, horizon, (y - ridge.edge[x]) / 6)
            } else {
                mix(ground, sun.colour, sun.at(across, y))
            };
            pixel[0] = red.clamp(0, 255) as u8;
            pixel[1] = green.clamp(0, 255) as u8;
            pixel[2] = blue.clamp(0, 255) as u8;
        }
    }
    if hour == NIGHT {
        stars(&mut rng, &mut pixels, w, (h * 0.4) as usize);
    }
    for _ in 0..rng.usize(0..3) {
        sail(&mut rng, &mut pixels, w, sea as f32, h);
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
