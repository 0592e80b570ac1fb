//! A short chime, made note by note: no file that could be missing.

use wasm_bindgen::JsValue;
use web_sys::AudioContext;

const LOUD: f32 = 0.3;
const SILENT: f32 = 0.000_1;

thread_local! {
    static PLAYER: Option<AudioContext> = AudioContext::new().ok();
}

/// Notes as pitch, begin and length in milliseconds. What cannot be heard is still seen.
pub fn chime(notes: &[(f32, u32, u32)]) {
    PLAYER.with(|player| {
        let Some(player) = player else { return };
        // Somebody has touched the page by then, or the browser keeps it silent.
        let _ = player.resume();
        for note in notes {
            let _ = sing(player, *note);
        }
    });
}

fn sing(player: &AudioContext, (hertz, at, length): (f32, u32, u32)) -> Result<(), JsValue> {
    let begins = player.current_time() + f64::from(at) / 1_000.0;
    let ends = begins + f64::from(length) / 1_000.0;
    let (voice, volume) = (player.create_oscillator()?, player.create_gain()?);
    voice.frequency().set_value(hertz);
    let gain = volume.gain();
    gain.set_value_at_time(SILENT, begins)?;
    gain.exponential_ramp_to_value_at_time(LOUD, begins + 0.012)?;
    gain.exponential_ramp_to_value_at_time(SILENT, ends)?;
    voice.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(&player.destination())?;
    voice.start_with_when(begins)?;
    voice.stop_with_when(ends)
}
