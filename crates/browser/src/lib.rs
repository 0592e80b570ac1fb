//! Hosts the device core in a dedicated Web Worker.
