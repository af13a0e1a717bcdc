//! Parquet to Arrow columns, and those to columns of facts.
//!
//! In: a Parquet file. Out: its headers, then its rows; from each chunk the facts of its rows.
//! Owns which Arrow types hold which facts. A value of another type is read as the text that it is shown as.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, Int32Array, RecordBatch};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::file::reader::ChunkReader;

use super::xlsx::decimal;
use super::{Raw, ReadError, Take};
use crate::facts::State;
use crate::program::{Program, SlotId, Type};
use crate::screen::cells::{CellReader, Decoded};
use crate::screen::columns::{Column, Plane, STRIP, Values, Wide};
use crate::screen::layout::{Layout, Target};
use crate::value::{Day, MAX_DAY, MAX_MINOR, MAX_WHOLE, MIN_DAY, parse_currency};

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

/// Arrow columns to columns of what they say, without what follows from it.
pub fn arrow_columns(cells: &mut CellReader<'_>, first: u64, rows: &RecordBatch) -> Decoded {
    let (program, layout) = (cells.program(), cells.layout());
    let mut decoded = cells.begin(first, rows.num_rows());
    let array = |name: &str| rows.column_by_name(name);
    let mut places = layout.places.iter();
    for (header, target) in layout.headers.iter().zip(&layout.targets) {
        let Some(values) = array(header) else { continue };
        match target {
            Target::Ignore | Target::Currency(_) => {}
            Target::Carry => {
                if let Some(list) = places.next().and_then(|place| decoded.carried.get_mut(*place)) {
                    list.extend((0..values.len()).map(|row| text(values, row).unwrap_or_default()));
                }
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
    // What another column says of this fact already stands where this one says nothing.
    if !matches!(decoded.batch.column(slot), Column::Same(_, State::Missing | State::Assumed)) {
        return false;
    }
    let is_text = matches!(values.data_type(), DataType::Dictionary(..));
    if layout.words.contains_key(&slot) || is_text && !(layout.unknown.is_empty() && layout.any_words.is_empty()) {
        return false;
    }
    let known = known(values.nulls(), values.len());
    let found = match (&fact.ty, values.data_type()) {
        (Type::Bool, DataType::Boolean) => Some(Values::Words(truths(values.as_boolean().values()))),
        (Type::Date { .. }, DataType::Date32) => days(values.as_primitive::<Date32Type>().values(), &known),
        (Type::Integer, DataType::Int32) => {
            wholes(values.as_primitive::<Int32Type>().values().iter().map(|value| i64::from(*value)).collect(), &known)
        }
        (Type::Integer, DataType::Int64) => wholes(values.as_primitive::<Int64Type>().values().to_vec(), &known),
        (Type::Bool | Type::Enum(_), DataType::Dictionary(..)) => coded(&fact.ty, values, &known).map(Values::Words),
        (Type::Country | Type::Currency, DataType::Dictionary(..)) => coded(&fact.ty, values, &known).map(Values::Codes),
        (Type::Money, DataType::Decimal128(_, scale)) => {
            let amounts = values.as_primitive::<Decimal128Type>().values();
            Scales::new(layout, slot, currency, *scale).and_then(|scales| money(amounts.iter().copied(), &scales, &known))
        }
        (Type::Money, DataType::Int64) => {
            let amounts = values.as_primitive::<Int64Type>().values();
            let amounts = amounts.iter().map(|value| i128::from(*value));
            Scales::new(layout, slot, currency, 0).and_then(|scales| money(amounts, &scales, &known))
        }
        _ => None,
    };
    found.is_some_and(|found| decoded.batch.put_values(slot, found, known))
}

/// Where rows hold something, by strips.
fn known(nulls: Option<&NullBuffer>, rows: usize) -> Vec<Plane> {
    let strips = || (0..rows).step_by(STRIP);
    match nulls {
        None => strips().map(|from| Plane::first(rows - from)).collect(),
        Some(nulls) => {
            let mut words = nulls.inner().bit_chunks().iter_padded();
            strips().map(|_| Plane::of_words(&mut words)).collect()
        }
    }
}

/// Does something hold in no row that is known?
fn nowhere<T: Copy>(values: &[T], known: &[Plane], holds: impl Fn(T) -> bool) -> bool {
    let wide = Wide::default();
    values.chunks(STRIP).zip(known).all(|(values, known)| wide.each(values, &holds).and(known).is_none())
}

/// No and yes, a byte a row.
fn truths(bits: &BooleanBuffer) -> Vec<u8> {
    let mut truths = Vec::with_capacity(bits.len().next_multiple_of(64));
    for word in bits.bit_chunks().iter_padded() {
        truths.extend((0..64).map(|at| (word >> at & 1) as u8));
    }
    truths.truncate(bits.len());
    truths
}

fn days(values: &[i32], known: &[Plane]) -> Option<Values> {
    let [epoch, from, to] = [UNIX_EPOCH, MIN_DAY - UNIX_EPOCH, MAX_DAY - UNIX_EPOCH].map(i32::try_from);
    let (epoch, from, to) = (epoch.ok()?, from.ok()?, to.ok()?);
    let fits = nowhere(values, known, |day| (day < from) | (day > to));
    // In rows that are not known anything may stand.
    fits.then(|| Values::Days(values.iter().map(|day| day.wrapping_add(epoch)).collect()))
}

fn wholes(values: Vec<i64>, known: &[Plane]) -> Option<Values> {
    nowhere(&values, known, |value| !(0..=MAX_WHOLE).contains(&value)).then_some(Values::Wholes(values))
}

/// Words by the table of their texts; nothing where a row has one that the type does not know.
fn coded<T: Copy + Default + TryFrom<i64>>(ty: &Type, values: &ArrayRef, known: &[Plane]) -> Option<Vec<T>> {
    let values = values.as_dictionary_opt::<Int32Type>()?;
    let words = values.values().as_string_opt::<i32>()?;
    let table: Vec<Option<T>> = words.iter().map(|word| T::try_from(ty.word(word?)?).ok()).collect();
    let of = |key: i32| usize::try_from(key).ok().and_then(|key| *table.get(key)?);
    let keys = values.keys().values();
    if table.iter().any(Option::is_none) && !nowhere(keys, known, |key| of(key).is_none()) {
        return None;
    }
    let plain: Vec<T> = table.iter().map(|word| word.unwrap_or_default()).collect();
    // A key below nothing is as far behind the end as one that is too large.
    Some(keys.iter().map(|key| plain.get(*key as usize).copied().unwrap_or_default()).collect())
}

/// How many minor units one unit of a column is, and in which currency.
#[derive(Clone, Copy)]
struct Scale {
    times: i128,
    parts: i128,
    currency: u16,
}

/// The same of each row.
enum Scales<'a> {
    Same(Scale),
    Each(&'a Int32Array, Vec<Option<Scale>>),
}

impl<'a> Scales<'a> {
    /// Nothing, where the currencies of the column are not told by words or by the layout.
    fn new(layout: &Layout, slot: SlotId, currency: Option<&'a ArrayRef>, digits: i8) -> Option<Self> {
        let scale = |code: &str| {
            let code = parse_currency(code)?;
            let digits = i32::from(code.exponent().unwrap_or(0)) - i32::from(digits);
            let factor = 10_i128.checked_pow(digits.unsigned_abs())?;
            let (times, parts) = if digits >= 0 { (factor, 1) } else { (1, factor) };
            Some(Scale { times, parts, currency: code.numeric() })
        };
        let Some(array) = currency else {
            let constant = layout.currencies.iter().find(|(of, _)| *of == slot)?;
            return scale(&constant.1).map(Self::Same);
        };
        let coded = array.as_dictionary_opt::<Int32Type>()?;
        let words = coded.values().as_string_opt::<i32>()?;
        Some(Self::Each(coded.keys(), words.iter().map(|word| scale(word?)).collect()))
    }

    /// The currencies of all rows, where each is known and its minor unit is the last digit of the column.
    fn plain(&self, rows: usize, known: &[Plane]) -> Option<Vec<u16>> {
        let is_plain = |scale: &Scale| scale.times == 1 && scale.parts == 1;
        match self {
            Self::Same(scale) => is_plain(scale).then(|| vec![scale.currency; rows]),
            Self::Each(keys, scales) => {
                let own = self::known(keys.nulls(), rows);
                let told = known.iter().zip(&own).all(|(known, own)| known.but_not(own).is_none());
                if !told || !scales.iter().all(|scale| scale.as_ref().is_some_and(is_plain)) {
                    return None;
                }
                let table: Vec<u16> = scales.iter().flatten().map(|scale| scale.currency).collect();
                let keys = keys.values().iter();
                Some(keys.map(|key| table.get(*key as usize).copied().unwrap_or_default()).collect())
            }
        }
    }

    fn get(&self, row: usize) -> Option<Scale> {
        match self {
            Self::Same(scale) => Some(*scale),
            Self::Each(keys, scales) if keys.is_valid(row) => *scales.get(usize::try_from(keys.value(row)).ok()?)?,
            Self::Each(..) => None,
        }
    }
}

/// Amounts in minor units; nothing where one has more digits than its currency, is too large, or has no currency.
fn money(amounts: impl ExactSizeIterator<Item = i128>, scales: &Scales<'_>, known: &[Plane]) -> Option<Values> {
    if let Some(currency) = scales.plain(amounts.len(), known) {
        let minor: Vec<i64> = amounts.map(|amount| i64::try_from(amount).unwrap_or(i64::MAX)).collect();
        let fits = nowhere(&minor, known, |minor| !(-MAX_MINOR..=MAX_MINOR).contains(&minor));
        return fits.then_some(Values::Money(minor, currency));
    }
    let mut minor = Vec::with_capacity(amounts.len());
    let mut currency = Vec::with_capacity(amounts.len());
    let exact = |amount: i128, scale: Scale| {
        let minor = amount.checked_mul(scale.times)?;
        let whole = if scale.parts == 1 { minor } else { minor / scale.parts };
        (whole * scale.parts == minor).then_some(i64::try_from(whole).ok()?).filter(|minor| minor.abs() <= MAX_MINOR)
    };
    for (row, amount) in amounts.enumerate() {
        let own = scales.get(row).and_then(|scale| Some((exact(amount, scale)?, scale.currency)));
        if own.is_none() && known.get(row / STRIP).is_some_and(|plane| plane.has(row % STRIP)) {
            return None;
        }
        let (amount, code) = own.unwrap_or_default();
        minor.push(amount);
        currency.push(code);
    }
    Some(Values::Money(minor, currency))
}

/// What a value is shown as; nothing where there is none.
pub fn text(values: &ArrayRef, row: usize) -> Option<String> {
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
