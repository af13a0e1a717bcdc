//! Results as Parquet.
//!
//! In: columns of results. Out: for each chunk a whole Parquet file in memory, with one row group; then all of them joined,
//! column chunk by column chunk, without being decoded.
//! Owns the schema of the output. Never decides how many rows a chunk has.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, DictionaryArray, Int32Array, RecordBatch, StringArray, UInt64Array};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;

use crate::screen::table::{NOTHING, OutChunk, OutColumn};

/// 1970-01-01 as the days of facts count.
const UNIX_EPOCH: i64 = 719_163;

/// How chunks become parts.
#[derive(Clone, Debug)]
pub struct ParquetPart {
    schema: Arc<Schema>,
}

impl ParquetPart {
    /// The schema for some columns.
    pub fn new(headers: &[String], blank: &OutChunk) -> Self {
        let field = |(header, column): (&String, &OutColumn)| {
            let words = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            let (ty, nullable) = match column {
                OutColumn::Whole(_) => (DataType::UInt64, false),
                OutColumn::Days(_) => (DataType::Date32, true),
                OutColumn::Words(_) => (words(), true),
                OutColumn::Texts(_) => (DataType::Utf8, true),
            };
            Field::new(header, ty, nullable)
        };
        Self { schema: Arc::new(Schema::new(headers.iter().zip(&blank.columns).map(field).collect::<Vec<_>>())) }
    }

    /// One part.
    /// # Errors
    /// Whatever the writer cannot encode.
    pub fn rows(&self, chunk: OutChunk) -> Result<Vec<u8>, ParquetError> {
        let columns = chunk.columns.into_iter().map(array).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|error| ParquetError::ArrowError(error.to_string()))?;
        let mut writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&self.schema), Some(properties()))?;
        writer.write(&batch)?;
        writer.into_inner()
    }
}

fn properties() -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    // Every part holds the same few words, so no reader could skip one by its smallest and largest.
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by("accredit".to_owned())
        .build()
}

fn array(column: OutColumn) -> ArrayRef {
    match column {
        OutColumn::Whole(values) => Arc::new(UInt64Array::from(values)),
        OutColumn::Days(days) => {
            let day = |day: Option<i64>| day.and_then(|day| i32::try_from(day - UNIX_EPOCH).ok());
            Arc::new(days.into_iter().map(day).collect::<Date32Array>())
        }
        OutColumn::Words(words) => {
            let codes = words.codes();
            let is_told = BooleanBuffer::collect_bool(codes.len(), |row| codes.get(row).is_some_and(|code| *code != NOTHING));
            let keys: Vec<i32> = codes.iter().map(|code| code.cast_signed()).collect();
            let keys = Int32Array::new(keys.into(), Some(NullBuffer::new(is_told)));
            let texts: ArrayRef = Arc::new(StringArray::from_iter_values(words.texts()));
            // Every key came from the list of texts.
            DictionaryArray::try_new(keys, texts)
                .map_or_else(|_| Arc::new(StringArray::new_null(0)) as ArrayRef, |array| Arc::new(array) as ArrayRef)
        }
        OutColumn::Texts(texts) => {
            Arc::new(texts.iter().map(|text| Some(text.as_str()).filter(|text| !text.is_empty())).collect::<StringArray>())
        }
    }
}

/// Joins parts into one file.
/// # Errors
/// Whatever cannot be read of a part, or written.
pub fn join_parquet<W: Write + Send>(
    parts: impl Iterator<Item = std::io::Result<Vec<u8>>>,
    blank: Vec<u8>,
    to: W,
) -> Result<W, ParquetError> {
    let schema = SerializedFileReader::new(Bytes::from(blank))?;
    let metadata = schema.metadata().file_metadata().clone();
    let properties = Arc::new(
        WriterProperties::builder()
            .set_created_by("accredit".to_owned())
            .set_key_value_metadata(metadata.key_value_metadata().cloned())
            .build(),
    );
    let mut writer = SerializedFileWriter::new(to, metadata.schema_descr().root_schema_ptr(), properties)?;
    for part in parts {
        let bytes = Bytes::from(part.map_err(|error| ParquetError::External(Box::new(error)))?);
        let reader = SerializedFileReader::new(bytes.clone())?;
        for group in reader.metadata().row_groups() {
            let mut out = writer.next_row_group()?;
            for column in group.columns() {
                let (_, length) = column.byte_range();
                let close = ColumnCloseResult {
                    bytes_written: length,
                    rows_written: u64::try_from(group.num_rows()).unwrap_or(0),
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                out.append_column(&bytes, close)?;
            }
            out.close()?;
        }
    }
    writer.into_inner()
}
