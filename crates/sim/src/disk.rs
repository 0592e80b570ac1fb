//! A disk that forgets what was not synced when its machine crashes: an SQLite file system in memory.
//!
//! Each write since the last sync of its file is kept as an undo; a crash takes them back. A disk can be told to
//! crash at its n-th write or sync from now, to be full, and can be copied as it durably stands.
#![expect(unsafe_code, reason = "SQLite's file systems are C interfaces")]
#![expect(
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    reason = "C's integers, checked where they can be off"
)]

use rusqlite::ffi;
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError};

pub const VFS: &str = "simdisk";
/// What SQLite needs while it works has disks of its own, each for one file.
const TEMPORARY: &str = "temporary-";
const MOST_PATH: c_int = 256;

#[derive(Debug, Default, Clone)]
struct File {
    bytes: Vec<u8>,
    /// What each write since the last sync had found: offset, the bytes there, and the length of the file.
    undo: Vec<(usize, Vec<u8>, usize)>,
}

impl File {
    fn remember(&mut self, from: usize, len: usize) {
        let end = (from + len).min(self.bytes.len());
        let old = self.bytes.get(from..end).unwrap_or_default().to_vec();
        self.undo.push((from, old, self.bytes.len()));
    }

    fn write(&mut self, from: usize, bytes: &[u8]) {
        self.remember(from, bytes.len());
        let end = from + bytes.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[from..end].copy_from_slice(bytes);
    }

    fn truncate(&mut self, len: usize) {
        self.remember(len, self.bytes.len().saturating_sub(len));
        self.bytes.resize(len, 0);
    }

    fn lose_unsynced(&mut self) {
        while let Some((from, old, len)) = self.undo.pop() {
            self.bytes.resize(len, 0);
            let end = (from + old.len()).min(len);
            if from < end {
                self.bytes[from..end].copy_from_slice(&old[..end - from]);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Disk {
    files: HashMap<String, File>,
    /// Handles of an earlier life are dead.
    life: u64,
    crash_in: Option<u64>,
    dead: bool,
    room: Option<usize>,
}

impl Disk {
    /// Counts one write or sync; false: the machine is down.
    fn step(&mut self) -> bool {
        if let Some(left) = self.crash_in.as_mut() {
            if *left == 0 {
                self.dead = true;
            } else {
                *left -= 1;
            }
        }
        !self.dead
    }

    fn used(&self) -> usize {
        self.files.values().map(|file| file.bytes.len()).sum()
    }
}

static DISKS: LazyLock<Mutex<HashMap<String, Disk>>> = LazyLock::new(Mutex::default);

fn disks() -> MutexGuard<'static, HashMap<String, Disk>> {
    DISKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the file system known to SQLite, once.
pub fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let vfs = Box::leak(Box::new(vfs()));
        // SAFETY: the structure is whole and lives for ever.
        let code = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite takes the simulated disk");
    });
}

/// The path of a file on a disk.
pub fn path(disk: &str, file: &str) -> String {
    format!("/{disk}/{file}")
}

/// The machine goes down now: what was not synced is lost, and every open handle is dead.
pub fn crash(disk: &str) {
    let mut disks = disks();
    let disk = disks.entry(disk.to_owned()).or_default();
    disk.files.values_mut().for_each(File::lose_unsynced);
    disk.life += 1;
    disk.crash_in = None;
    disk.dead = false;
}

/// The machine will go down at its n-th write or sync from now.
pub fn crash_in(disk: &str, writes: u64) {
    disks().entry(disk.to_owned()).or_default().crash_in = Some(writes);
}

/// Whether the disk has gone down by itself.
pub fn is_down(disk: &str) -> bool {
    disks().get(disk).is_some_and(|disk| disk.dead)
}

/// So many more bytes fit; none: as many as one likes.
pub fn set_room(disk: &str, more: Option<usize>) {
    let mut disks = disks();
    let disk = disks.entry(disk.to_owned()).or_default();
    disk.room = more.map(|more| disk.used() + more);
}

/// Copies a disk as it durably stands.
pub fn copy(from: &str, to: &str) {
    let mut disks = disks();
    let mut files = disks
        .get(from)
        .map(|disk| disk.files.clone())
        .unwrap_or_default();
    files.values_mut().for_each(File::lose_unsynced);
    let disk = disks.entry(to.to_owned()).or_default();
    disk.files = files;
    disk.life += 1;
    disk.crash_in = None;
    disk.dead = false;
}

/// Forgets the disks of one run.
pub fn discard(prefix: &str) {
    disks().retain(|name, _| !name.starts_with(prefix));
}

fn split(path: &str) -> (&str, &str) {
    path.trim_start_matches('/')
        .split_once('/')
        .unwrap_or((path, ""))
}

/// What SQLite holds of an open file.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    inside: *mut Inside,
}

struct Inside {
    disk: String,
    file: String,
    life: u64,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

fn vfs() -> ffi::sqlite3_vfs {
    ffi::sqlite3_vfs {
        iVersion: 1,
        szOsFile: size_of::<Handle>() as c_int,
        mxPathname: MOST_PATH,
        pNext: std::ptr::null_mut(),
        zName: c"simdisk".as_ptr(),
        pAppData: std::ptr::null_mut(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_path),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: Some(last_error),
        xCurrentTimeInt64: None,
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    }
}

/// The text of a path that SQLite gives; without one it wants a file for itself alone.
unsafe fn text(path: *const c_char) -> String {
    static FILES: AtomicU64 = AtomicU64::new(0);
    if path.is_null() {
        return format!("/{TEMPORARY}{}/file", FILES.fetch_add(1, Ordering::Relaxed));
    }
    // SAFETY: SQLite gives a path that ends in NUL.
    unsafe { CStr::from_ptr(path) }
        .to_string_lossy()
        .into_owned()
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    file: *mut ffi::sqlite3_file,
    _: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite has made room for szOsFile bytes, and gives a path.
    unsafe {
        let path = text(path);
        let (disk, name) = split(&path);
        let mut disks = disks();
        let on = disks.entry(disk.to_owned()).or_default();
        let handle = file.cast::<Handle>();
        (*handle).base.pMethods = std::ptr::null();
        if on.dead {
            return ffi::SQLITE_CANTOPEN;
        }
        on.files.entry(name.to_owned()).or_default();
        let inside = Inside {
            disk: disk.to_owned(),
            file: name.to_owned(),
            life: on.life,
        };
        (*handle).inside = Box::into_raw(Box::new(inside));
        (*handle).base.pMethods = &raw const METHODS;
        if !out.is_null() {
            *out = ffi::SQLITE_OPEN_READWRITE;
        }
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `open` has put a box there, and SQLite closes a file once.
    let inside = unsafe { Box::from_raw((*file.cast::<Handle>()).inside) };
    if inside.disk.starts_with(TEMPORARY) {
        disks().remove(&inside.disk);
    }
    ffi::SQLITE_OK
}

/// Runs an operation on a file, if its machine still lives.
unsafe fn with(
    file: *mut ffi::sqlite3_file,
    steps: bool,
    run: impl FnOnce(&mut Disk, &str) -> c_int,
) -> c_int {
    // SAFETY: `open` has put the inside there.
    let inside = unsafe { &*(*file.cast::<Handle>()).inside };
    let mut disks = disks();
    let Some(disk) = disks.get_mut(&inside.disk) else {
        return ffi::SQLITE_IOERR;
    };
    if disk.life != inside.life || disk.dead || (steps && !disk.step()) {
        return ffi::SQLITE_IOERR;
    }
    run(disk, &inside.file)
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    len: c_int,
    at: i64,
) -> c_int {
    let (len, at) = (len as usize, at as usize);
    // SAFETY: SQLite gives a buffer of `len` bytes.
    let into = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), len) };
    let copied = |disk: &mut Disk, name: &str| {
        let bytes = disk
            .files
            .get(name)
            .map(|file| file.bytes.as_slice())
            .unwrap_or_default();
        let there = bytes.get(at..).unwrap_or_default();
        let count = there.len().min(len);
        into[..count].copy_from_slice(&there[..count]);
        into[count..].fill(0);
        if count < len {
            ffi::SQLITE_IOERR_SHORT_READ
        } else {
            ffi::SQLITE_OK
        }
    };
    // SAFETY: the file is an open one of ours.
    unsafe { with(file, false, copied) }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    len: c_int,
    at: i64,
) -> c_int {
    let at = at as usize;
    // SAFETY: SQLite gives a buffer of `len` bytes.
    let from = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), len as usize) };
    let written = |disk: &mut Disk, name: &str| {
        let size = disk.files.get(name).map_or(0, |file| file.bytes.len());
        let grows = (at + from.len()).saturating_sub(size);
        if grows > 0 && disk.room.is_some_and(|room| disk.used() + grows > room) {
            return ffi::SQLITE_FULL;
        }
        disk.files
            .entry(name.to_owned())
            .or_default()
            .write(at, from);
        ffi::SQLITE_OK
    };
    // SAFETY: the file is an open one of ours.
    unsafe { with(file, true, written) }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, len: i64) -> c_int {
    let cut = |disk: &mut Disk, name: &str| {
        disk.files
            .entry(name.to_owned())
            .or_default()
            .truncate(len as usize);
        ffi::SQLITE_OK
    };
    // SAFETY: the file is an open one of ours.
    unsafe { with(file, true, cut) }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    let kept = |disk: &mut Disk, name: &str| {
        disk.files.entry(name.to_owned()).or_default().undo.clear();
        ffi::SQLITE_OK
    };
    // SAFETY: the file is an open one of ours.
    unsafe { with(file, true, kept) }
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    let told = |disk: &mut Disk, name: &str| {
        let len = disk.files.get(name).map_or(0, |file| file.bytes.len());
        // SAFETY: SQLite gives a place for the answer.
        unsafe { *size = len as i64 };
        ffi::SQLITE_OK
    };
    // SAFETY: the file is an open one of ours.
    unsafe { with(file, false, told) }
}

/// One connection to a database: there is nobody to lock out. But a dead process locks nothing, so that a handle
/// which is closed late cannot tidy away what its successor writes.
unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: the file is an open one of ours.
    unsafe { with(file, false, |_, _| ffi::SQLITE_OK) }
}

unsafe extern "C" fn unlock(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_lock(_: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, _: c_int) -> c_int {
    // SAFETY: SQLite gives a path.
    let path = unsafe { text(path) };
    let (disk, name) = split(&path);
    let mut disks = disks();
    let Some(disk) = disks.get_mut(disk).filter(|disk| !disk.dead) else {
        return ffi::SQLITE_IOERR;
    };
    if disk.files.remove(name).is_some() {
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_IOERR_DELETE_NOENT
    }
}

unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    _: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives a path, and a place for the answer.
    unsafe {
        let path = text(path);
        let (disk, name) = split(&path);
        *out = c_int::from(
            disks()
                .get(disk)
                .is_some_and(|disk| disk.files.contains_key(name)),
        );
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    len: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite gives a path that ends in NUL and room for `len` bytes.
    unsafe {
        let bytes = CStr::from_ptr(path).to_bytes_with_nul();
        if bytes.len() > len as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

/// The same in every run: it only names temporary files and salts the journal.
unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, len: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite gives room for `len` bytes.
    unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), len as usize) }.fill(7);
    len
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, micros: c_int) -> c_int {
    micros
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    unsafe { *out = 2_460_000.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn last_error(_: *mut ffi::sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::{Connection, OpenFlags};

    fn open(disk: &str) -> Connection {
        register();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let db = Connection::open_with_flags_and_vfs(path(disk, "db"), flags, VFS).unwrap();
        db.execute_batch(
            "PRAGMA locking_mode=exclusive; PRAGMA journal_mode=wal; PRAGMA synchronous=full;",
        )
        .unwrap();
        db
    }

    fn rows(db: &Connection) -> i64 {
        db.query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_crash_keeps_what_was_committed_and_nothing_else() {
        let db = open("crash-test");
        db.execute_batch(
            "CREATE TABLE t (x); INSERT INTO t VALUES (1); BEGIN; INSERT INTO t VALUES (2);",
        )
        .unwrap();
        crash("crash-test");
        assert!(
            db.execute_batch("COMMIT").is_err(),
            "a handle of the life before is dead"
        );
        drop(db);
        assert_eq!(rows(&open("crash-test")), 1);
    }

    #[test]
    fn a_commit_that_is_not_synced_is_lost() {
        let db = open("lazy-test");
        db.execute_batch("CREATE TABLE t (x); PRAGMA synchronous=off; INSERT INTO t VALUES (1);")
            .unwrap();
        crash("lazy-test");
        drop(db);
        assert_eq!(
            rows(&open("lazy-test")),
            0,
            "the disk must be able to lose what was promised too early"
        );
    }

    #[test]
    fn a_crash_at_any_write_leaves_a_whole_number_of_commits() {
        for writes in 0..60 {
            let disk = format!("any-{writes}");
            let db = open(&disk);
            db.execute_batch("CREATE TABLE t (x)").unwrap();
            crash_in(&disk, writes);
            let done = (0..20)
                .take_while(|_| db.execute_batch("INSERT INTO t VALUES (1)").is_ok())
                .count();
            crash(&disk);
            drop(db);
            let kept = rows(&open(&disk));
            assert!(
                kept == done as i64 || kept == done as i64 + 1,
                "{done} acknowledged, {kept} kept"
            );
            discard(&disk);
        }
    }

    #[test]
    fn a_full_disk_says_so_and_recovers() {
        let db = open("full-test");
        db.execute_batch("CREATE TABLE t (x)").unwrap();
        set_room("full-test", Some(0));
        let full = (0..50)
            .map(|_| db.execute_batch("INSERT INTO t VALUES (zeroblob(4000))"))
            .find_map(Result::err);
        assert_eq!(
            full.unwrap().sqlite_error_code(),
            Some(rusqlite::ErrorCode::DiskFull)
        );
        set_room("full-test", None);
        db.execute_batch("INSERT INTO t VALUES (1)").unwrap();
    }
}
