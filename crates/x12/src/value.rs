//! What a writer puts in one element: nothing, a text, a composite, or repetitions of these.
//!
//! Holds no separators; those are the writer's business.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::amount::Amount;
use crate::date::format_d8;

/// The content of one element to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A simple element; empty text leaves the element out.
    Simple(Cow<'a, str>),
    /// A composite; trailing empty components are left out.
    Composite(Vec<Cow<'a, str>>),
    /// Repetitions of an element, each simple or composite.
    Repeated(Vec<Value<'a>>),
}

impl<'a> Value<'a> {
    /// An element left empty.
    pub const EMPTY: Value<'static> = Value::Simple(Cow::Borrowed(""));

    /// A composite of these components.
    pub fn composite<I>(components: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Cow<'a, str>>,
    {
        Self::Composite(components.into_iter().map(Into::into).collect())
    }

    /// Repetitions of simple elements.
    pub fn repeated<I>(values: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Value<'a>>,
    {
        Self::Repeated(values.into_iter().map(Into::into).collect())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Simple(Cow::Borrowed(text))
    }
}
impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Simple(Cow::Borrowed(text))
    }
}
impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Simple(Cow::Owned(text))
    }
}
impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Simple(text)
    }
}
impl<'a> From<&'a Cow<'_, str>> for Value<'a> {
    fn from(text: &'a Cow<'_, str>) -> Self {
        Self::Simple(Cow::Borrowed(text))
    }
}
impl From<Amount> for Value<'_> {
    fn from(amount: Amount) -> Self {
        Self::Simple(Cow::Owned(amount.to_string()))
    }
}
impl From<Date> for Value<'_> {
    fn from(date: Date) -> Self {
        Self::Simple(Cow::Owned(format_d8(date)))
    }
}
impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Simple(Cow::Owned(number.to_string()))
    }
}
impl From<usize> for Value<'_> {
    fn from(number: usize) -> Self {
        Self::Simple(Cow::Owned(number.to_string()))
    }
}
impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::EMPTY, Into::into)
    }
}

/// A list of elements of mixed kinds for [`Writer::segment`](crate::Writer::segment).
#[macro_export]
macro_rules! elements {
    ($($value:expr),* $(,)?) => { [$($crate::Value::from($value)),*] };
}
