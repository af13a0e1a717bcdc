//! Parquet to Arrow columns, and those to columns of facts.
//!
//! In: a Parquet file. Out: its headers, then its rows; from each chunk the facts of its rows.
//! Owns which Arrow types hold which facts. A value of another type is read as the text that it is shown as.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::reader::ChunkReader;

use super::xlsx::decimal;
use super::{Raw, ReadError, Take};
use crate::program::{Lane, Program, SlotId, Type};
use crate::screen::cells::{CellReader, Decoded};
use crate::screen::layout::{Layout, Target};
use crate::value::{Day, MAX_DAY, MAX_WHOLE, MIN_DAY, parse_currency};

/// 1970-01-01 as the days of facts count.
const UNIX_EPOCH: Day = 719_163;

/// A Parquet file.
pub struct ParquetTable<R: ChunkReader> {
    /// Its headers.
    pub headers: Vec<String>,
    /// How many rows it says it has.
    pub rows: u64,
    builder: ParquetRecordBatchReaderBuilder<R>,
}

impl<R: ChunkReader + 'static> ParquetTable<R> {
    /// Reads the headers. Texts are read with a dictionary, so that equal ones are typed once.
    /// # Errors
    /// [`ReadError`], when this is no Parquet file.
    pub fn open(bytes: R) -> Result<Self, ReadError> {
        let metadata = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new()).map_err(|error| form(&error))?;
        let coded = |field: &Arc<Field>| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                let ty = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                Arc::new(Field::new(field.name(), ty, field.is_nullable()))
            }
            _ => Arc::clone(field),
        };
        let schema = Schema::new(metadata.schema().fields().iter().map(coded).collect::<Vec<_>>());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
        let metadata = ArrowReaderMetadata::load(&bytes, options).map_err(|error| form(&error))?;
        let headers = metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
        let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
        Ok(Self { headers, rows, builder: ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, metadata) })
    }

    /// Reads the columns that `layout` wants.
    /// # Errors
    /// [`ReadError`], when the file is broken.
    pub fn each(self, layout: &Layout, rows: usize, take: Take<'_>) -> Result<(), ReadError> {
        let wanted = layout.targets.iter().enumerate().filter(|(_, target)| **target != Target::Ignore).map(|(at, _)| at);
        let mask = ProjectionMask::roots(self.builder.parquet_schema(), wanted);
        let reader = self.builder.with_batch_size(rows).with_projection(mask).build().map_err(|error| form(&error))?;
        let mut first = 1;
        for batch in reader {
            let batch = batch.map_err(|error| ReadError::Form { format: "Parquet file", why: error.to_string() })?;
            let count = batch.num_rows() as u64;
            if !take(Raw::Arrow(first, batch)) {
                break;
            }
            first += count;
        }
        Ok(())
    }
}

fn form(error: &parquet::errors::ParquetError) -> ReadError {
    ReadError::Form { format: "Parquet file", why: error.to_string() }
}

/// Arrow columns to columns of facts.
pub fn arrow_columns(cells: &mut CellReader<'_>, first: u64, rows: &RecordBatch) -> Decoded {
    let (program, layout) = (cells.program(), cells.layout());
    let mut decoded = cells.begin(first, rows.num_rows());
    let array = |name: &str| rows.column_by_name(name);
    let mut carried = 0;
    for (header, target) in layout.headers.iter().zip(&layout.targets) {
        let Some(values) = array(header) else { continue };
        match target {
            Target::Ignore | Target::Currency(_) => {}
            Target::Carry => {
                if let Some(list) = decoded.carried.get_mut(carried) {
                    list.extend((0..values.len()).map(|row| text(values, row).unwrap_or_default()));
                }
                carried += 1;
            }
            Target::NoEvent(slot) => {
                cells.texts(header, *slot, true, values.len(), &|row| text(values, row), None, &mut decoded)
            }
            Target::Fact(slot) => {
                let currency = layout.targets.iter().position(|target| *target == Target::Currency(*slot));
                let currency = currency.and_then(|at| array(layout.headers.get(at)?));
                if !columnar(program, layout, *slot, values, currency, &mut decoded) {
                    let code = |row: usize| currency.and_then(|array| text(array, row));
                    let code: Option<&dyn Fn(usize) -> Option<String>> = if currency.is_some() { Some(&code) } else { None };
                    cells.texts(header, *slot, false, values.len(), &|row| text(values, row), code, &mut decoded);
                }
            }
        }
    }
    cells.finish(&mut decoded);
    decoded
}

/// Columns whose Arrow type is that of the fact, without a text in between. Says whether this was one and fitted whole.
fn columnar(
    program: &Program,
    layout: &Layout,
    slot: SlotId,
    values: &ArrayRef,
    currency: Option<&ArrayRef>,
    decoded: &mut Decoded,
) -> bool {
    let Some(fact) = program.fact_of(slot) else { return false };
    let lane = |main| Lane { main, aux: 0 };
    let within = |value: i64, from: i64, to: i64| (from..=to).contains(&value).then(|| lane(value));
    let mut put = |of: &dyn Fn(usize) -> Option<Lane>| {
        let known = |row: &usize| values.is_valid(*row);
        if (0..values.len()).filter(known).any(|row| of(row).is_none()) {
            return false;
        }
        let found = (0..values.len()).map(|row| if known(&row) { of(row) } else { None });
        decoded.batch.put_column(program, slot, found);
        true
    };
    if layout.words.contains_key(&slot) || !layout.unknown.is_empty() && matches!(values.data_type(), DataType::Dictionary(..))
    {
        return false;
    }
    match (&fact.ty, values.data_type()) {
        (Type::Bool, DataType::Boolean) => {
            let values = values.as_boolean();
            put(&|row| Some(lane(i64::from(values.value(row)))))
        }
        (Type::Date { .. }, DataType::Date32) => {
            let values = values.as_primitive::<Date32Type>();
            put(&|row| within(i64::from(values.value(row)) + UNIX_EPOCH, MIN_DAY, MAX_DAY))
        }
        (Type::Integer, DataType::Int32) => {
            let values = values.as_primitive::<Int32Type>();
            put(&|row| within(i64::from(values.value(row)), 0, MAX_WHOLE))
        }
        (Type::Integer, DataType::Int64) => {
            let values = values.as_primitive::<Int64Type>();
            put(&|row| within(values.value(row), 0, MAX_WHOLE))
        }
        (Type::Bool | Type::Enum(_) | Type::Country | Type::Currency, DataType::Dictionary(key, _))
            if **key == DataType::Int32 =>
        {
            let Some(values) = values.as_dictionary_opt::<Int32Type>() else { return false };
            let Some(words) = values.values().as_string_opt::<i32>() else { return false };
            let lanes: Vec<Option<Lane>> = words.iter().map(|word| fact.ty.word(word?).map(lane)).collect();
            put(&|row| lanes.get(usize::try_from(values.keys().value(row)).ok()?).copied().flatten())
        }
        (Type::Money, DataType::Decimal128(_, scale)) => {
            let (values, scale) = (values.as_primitive::<Decimal128Type>(), *scale);
            let Some(codes) = currency_codes(layout, slot, currency) else { return false };
            put(&|row| {
                let code = codes.get(row)?;
                let digits = i128::from(code.exponent().unwrap_or(0)) - i128::from(scale);
                let factor = 10_i128.checked_pow(u32::try_from(digits.unsigned_abs()).ok()?)?;
                let value = values.value(row);
                let minor = match digits >= 0 {
                    true => value.checked_mul(factor)?,
                    false if value % factor == 0 => value / factor,
                    false => return None,
                };
                let main = i64::try_from(minor).ok().filter(|minor| minor.abs() <= crate::value::MAX_MINOR)?;
                Some(Lane { main, aux: i64::from(code.numeric()) })
            })
        }
        _ => false,
    }
}

/// The currencies of an amount's rows.
enum Codes<'a> {
    Same(crate::value::Currency),
    Each(&'a arrow_array::Int32Array, Vec<Option<crate::value::Currency>>),
}

impl Codes<'_> {
    fn get(&self, row: usize) -> Option<crate::value::Currency> {
        match self {
            Self::Same(code) => Some(*code),
            Self::Each(keys, codes) if keys.is_valid(row) => {
                codes.get(usize::try_from(keys.value(row)).ok()?).copied().flatten()
            }
            Self::Each(..) => None,
        }
    }
}

fn currency_codes<'a>(layout: &Layout, slot: SlotId, currency: Option<&'a ArrayRef>) -> Option<Codes<'a>> {
    let Some(array) = currency else {
        let constant = layout.currencies.iter().find(|(of, _)| *of == slot)?;
        return parse_currency(&constant.1).map(Codes::Same);
    };
    let coded = array.as_dictionary_opt::<Int32Type>()?;
    let words = coded.values().as_string_opt::<i32>()?;
    Some(Codes::Each(coded.keys(), words.iter().map(|word| parse_currency(word?)).collect()))
}

/// What a value is shown as; nothing where there is none.
fn text(values: &ArrayRef, row: usize) -> Option<String> {
    if values.is_null(row) {
        return None;
    }
    Some(match values.data_type() {
        DataType::Dictionary(key, _) if **key == DataType::Int32 => {
            let coded = values.as_dictionary::<Int32Type>();
            text(coded.values(), usize::try_from(coded.keys().value(row)).ok()?)?
        }
        DataType::Dictionary(..) => {
            let coded = values.as_any_dictionary();
            text(coded.values(), *coded.normalized_keys().get(row)?)?
        }
        DataType::Utf8 => values.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => values.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => values.as_string_view().value(row).to_owned(),
        DataType::Boolean => if values.as_boolean().value(row) { "yes" } else { "no" }.to_owned(),
        DataType::Date32 => crate::value::day_text(i64::from(values.as_primitive::<Date32Type>().value(row)) + UNIX_EPOCH),
        DataType::Int32 => values.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => values.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => decimal(values.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(..) => values.as_primitive::<Decimal128Type>().value_as_string(row),
        DataType::List(_) => {
            let inner = values.as_list::<i32>().value(row);
            let words: Vec<String> = (0..inner.len()).filter_map(|at| text(&inner, at)).collect();
            format!("[{}]", words.join(", "))
        }
        other => format!("a value of the Arrow type {other}"),
    })
}
