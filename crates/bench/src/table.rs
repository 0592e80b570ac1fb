//! The figures as a table that reads in a terminal and on a page.

use std::fmt;

#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 3]>,
}

impl Table {
    pub fn add(
        &mut self,
        what: impl Into<String>,
        figure: impl Into<String>,
        beside: impl Into<String>,
    ) {
        self.rows.push([what.into(), figure.into(), beside.into()]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "| what | figure | limit |\n| --- | --- | --- |")?;
        for [what, figure, beside] in &self.rows {
            writeln!(to, "| {what} | {figure} | {beside} |")?;
        }
        Ok(())
    }
}
