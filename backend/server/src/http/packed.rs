//! JSON that is made and compressed on the thread that did the work. The server's own compression would hand it to another
//! thread once more.

use std::{
    convert::Infallible,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    dev::Payload,
    http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header as _},
};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;

use super::error::{ApiError, ApiResult, Code};

/// How whoever asks takes an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As it is.
    Plain,
    /// Compressed by gzip.
    Gzip,
}

impl FromRequest for Packing {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let offered = [Encoding::gzip(), Encoding::identity()];
        // What can't be read asks for nothing.
        let accepted = AcceptEncoding::parse(request).ok();
        let chosen = accepted.and_then(|accepted| accepted.negotiate(offered.iter()));
        ready(Ok(if chosen == Some(Encoding::gzip()) { Self::Gzip } else { Self::Plain }))
    }
}

impl Packing {
    /// An answer, ready to be sent. Costs the time to compress it.
    ///
    /// # Errors
    /// [`Code::Internal`]: it can't be written as JSON.
    pub fn pack(self, answer: &impl Serialize) -> ApiResult<Packed> {
        let failed = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "an answer could not be written");
            ApiError::new(Code::Internal, "the answer could not be written")
        };
        let json = serde_json::to_vec(answer).map_err(|error| failed(&error))?;
        let bytes = match self {
            Self::Plain => json,
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::fast());
                std::io::Write::write_all(&mut encoder, &json)
                    .and_then(|()| encoder.finish())
                    .map_err(|error| failed(&error))?
            }
        };
        Ok(Packed { bytes, packing: self })
    }
}

/// JSON as it will be sent.
#[derive(Debug)]
pub struct Packed {
    bytes: Vec<u8>,
    packing: Packing,
}

impl Responder for Packed {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.content_type(header::ContentType::json());
        answer.insert_header((header::VARY, header::ACCEPT_ENCODING.as_str()));
        if self.packing == Packing::Gzip {
            answer.insert_header(ContentEncoding::Gzip);
        }
        answer.body(self.bytes)
    }
}
