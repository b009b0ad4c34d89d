//! `POST /v1/rerank`, in the shapes of Cohere and Jina (`top_n`) and of Voyage (`top_k`).

use super::part;
use crate::TranslateError;
use crate::json::{Cursor, Kind};
use crate::languages::summary_reader::SummaryReader;
use crate::summary::RankDialect;
use crate::usage::Units;

/// Documents of one search, as providers bill it that count searches.
const DOCUMENTS_PER_SEARCH: u64 = 100;

pub(super) fn read(body: &[u8]) -> Result<SummaryReader, TranslateError> {
    let mut query = None;
    let mut documents = None;
    let mut reader = SummaryReader::read(body, |reader, cursor, key| match key {
        b"query" => {
            let before = reader.text_bytes;
            part(reader, cursor, "query")?;
            query = Some(reader.text_bytes - before);
            Ok(())
        }
        b"documents" => {
            documents = Some(count_documents(reader, cursor)?);
            Ok(())
        }
        b"top_n" => reader.limit_ranked(cursor, "top_n"),
        b"top_k" => {
            reader.set_rank_dialect(RankDialect::TopK);
            reader.limit_ranked(cursor, "top_k")
        }
        // Voyage alone has it.
        b"truncation" => {
            reader.set_rank_dialect(RankDialect::TopK);
            Ok(cursor.skip()?)
        }
        _ => Ok(cursor.skip()?),
    })?;
    let Some(query) = query else {
        return Err(TranslateError::Missing { param: "query" });
    };
    let documents = match documents {
        Some(0) => {
            return Err(TranslateError::OutOfRange {
                param: "documents",
                expected: "at least one document",
            });
        }
        Some(documents) => documents,
        None => return Err(TranslateError::Missing { param: "documents" }),
    };
    // The model reads the query with each document.
    reader.text_bytes += query.saturating_mul(documents - 1);
    reader.set_units(Units {
        searches: documents.div_ceil(DOCUMENTS_PER_SEARCH),
        ..Units::default()
    });
    Ok(reader)
}

fn count_documents(
    reader: &mut SummaryReader,
    cursor: &mut Cursor<'_>,
) -> Result<u64, TranslateError> {
    let param = "documents";
    let mut count = 0;
    if cursor.kind()? != Kind::Array {
        return Err(TranslateError::WrongType {
            param,
            expected: "an array of strings or objects",
        });
    }
    cursor.array(|item| {
        count += 1;
        part(reader, item, param)
    })?;
    Ok(count)
}
