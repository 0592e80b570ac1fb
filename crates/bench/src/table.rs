//! The figures as a table that reads in a terminal and on a page.

use anyhow::{Context, Result};
use std::fmt;
use std::path::Path;

#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 3]>,
}

/// Between these two lines a page keeps its figures.
const BEGIN: &str = "<!-- figures -->\n";
const END: &str = "<!-- end of the figures -->";

impl Table {
    pub fn add(
        &mut self,
        what: impl Into<String>,
        figure: impl Into<String>,
        beside: impl Into<String>,
    ) {
        let row = [what.into(), figure.into(), beside.into()];
        // Whoever waits sees how far it has come, and a part that fails takes nothing with it.
        println!("{}", row.join(" | "));
        self.rows.push(row);
    }

    /// Puts it in the place of the figures that the page has now.
    pub fn keep_in(&self, page: &Path) -> Result<()> {
        let text = std::fs::read_to_string(page)?;
        let (before, rest) = text.split_once(BEGIN).context("the page has no figures")?;
        let (_, after) = rest.split_once(END).context("the figures have no end")?;
        std::fs::write(page, format!("{before}{BEGIN}\n{self}\n{END}{after}"))?;
        Ok(())
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
