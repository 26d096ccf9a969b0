//! What a browser does with an answer: shows it, or saves it under a name.

use actix_web::http::header::{
    Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};

/// With the name given, which may have any characters.
#[must_use]
pub fn disposition(kind: DispositionType, name: &str) -> ContentDisposition {
    let name = ExtendedValue {
        charset: Charset::Ext("UTF-8".into()),
        language_tag: None,
        value: name.as_bytes().to_vec(),
    };
    ContentDisposition { disposition: kind, parameters: vec![DispositionParam::FilenameExt(name)] }
}
