//! Pictures as files: JPEG landscapes with EXIF, PNG charts.

use std::io::Cursor;

use anyhow::{Context, Result};
use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use fastrand::Rng;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::scene;

pub(super) const WIDTH: u16 = 640;
pub(super) const HEIGHT: u16 = 420;

/// What the camera wrote down about one photograph.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// Which landscape it shows; photographs of the same moment share it.
    pub scene: u32,
    /// Date and time as EXIF has them: `2026:08:01 17:20:05`.
    pub taken: String,
    /// Maker and model.
    pub camera: (&'static str, &'static str),
    /// ISO speed.
    pub iso: u16,
    /// Latitude and longitude in degrees, north and east.
    pub place: Option<(f64, f64)>,
    /// What a person wrote under it.
    pub caption: String,
}

pub(super) fn landscape(scene: u32, width: u16, height: u16) -> Result<Vec<u8>> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 78);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder
        .encode(&scene::paint(scene, width, height), width, height, ColorType::Rgb)
        .with_context(|| format!("encoding landscape {scene} of {width}x{height}"))?;
    Ok(jpeg)
}

/// `jpeg` with an EXIF block put in right behind its first marker, where readers look for it.
pub(super) fn with_exif(jpeg: &[u8], shot: &Shot) -> Result<Vec<u8>> {
    const START: usize = 2;
    let block = exif_block(shot).context("writing EXIF")?;
    let length = u16::try_from(block.len() + 8).context("EXIF block too long")?;
    let mut out = Vec::with_capacity(jpeg.len() + block.len() + 10);
    out.extend_from_slice(&jpeg[..START]);
    out.extend_from_slice(&[0xff, 0xe1]);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(b"Exif\0\0");
    out.extend_from_slice(&block);
    out.extend_from_slice(&jpeg[START..]);
    Ok(out)
}

fn exif_block(shot: &Shot) -> Result<Vec<u8>> {
    let ascii = |tag, text: &str| field(tag, Value::Ascii(vec![text.as_bytes().to_vec()]));
    let mut fields = vec![
        ascii(Tag::Make, shot.camera.0),
        ascii(Tag::Model, shot.camera.1),
        ascii(Tag::DateTime, &shot.taken),
        ascii(Tag::DateTimeOriginal, &shot.taken),
        field(Tag::Orientation, Value::Short(vec![1])),
        field(Tag::PhotographicSensitivity, Value::Short(vec![shot.iso])),
        field(Tag::ExposureTime, Value::Rational(vec![Rational { num: 1, denom: u32::from(shot.iso) * 2 }])),
        field(Tag::FNumber, Value::Rational(vec![Rational { num: 56, denom: 10 }])),
        field(Tag::PixelXDimension, Value::Long(vec![u32::from(WIDTH)])),
        field(Tag::PixelYDimension, Value::Long(vec![u32::from(HEIGHT)])),
    ];
    if !shot.caption.is_empty() {
        fields.push(ascii(Tag::ImageDescription, &shot.caption));
    }
    if let Some((north, east)) = shot.place {
        fields.push(ascii(Tag::GPSLatitudeRef, "N"));
        fields.push(field(Tag::GPSLatitude, degrees(north)));
        fields.push(ascii(Tag::GPSLongitudeRef, "E"));
        fields.push(field(Tag::GPSLongitude, degrees(east)));
    }
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, false)?;
    Ok(block.into_inner())
}

fn field(tag: Tag, value: Value) -> Field {
    Field { tag, ifd_num: In::PRIMARY, value }
}

/// Degrees, minutes and hundredths of seconds, as EXIF wants them.
fn degrees(angle: f64) -> Value {
    let hundredths = (angle.abs() * 360_000.0).round() as u32;
    let part = |num, denom| Rational { num, denom };
    Value::Rational(vec![
        part(hundredths / 360_000, 1),
        part(hundredths / 6000 % 60, 1),
        part(hundredths % 6000, 100),
    ])
}

/// A bar chart on white, eight-bit palette: what a screenshot of a dashboard looks like from afar.
pub(super) fn chart(seed: u64) -> Result<Vec<u8>> {
    const W: usize = 480;
    const H: usize = 300;
    const PALETTE: [u8; 12] = [250, 250, 250, 60, 66, 76, 34, 120, 200, 214, 218, 224];
    let mut rng = Rng::with_seed(seed);
    let mut pixels = vec![0u8; W * H];
    for y in 0..H {
        let shade = if y < 28 { 1 } else { u8::from(y % 44 == 0) * 3 };
        pixels[y * W..(y + 1) * W].fill(shade);
    }
    for bar in 0..14 {
        let tall = rng.usize(30..220);
        for y in H - 20 - tall..H - 20 {
            let from = y * W + 24 + bar * 32;
            pixels[from..from + 20].fill(2);
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, W as u32, H as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(PALETTE.to_vec());
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(file)
}
