//! Native host of the device core.
