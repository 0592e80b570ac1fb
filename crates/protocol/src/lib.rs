//! Types that travel between screen, device core and hub.
