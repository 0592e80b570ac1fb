//! Sound made here, note by note: no file that could be missing when the first ticket comes.

use dioxus::prelude::*;
use futures_channel::mpsc::unbounded;
use futures_util::StreamExt;
use js_sys::Promise;
use ui::kitchen::settings::Wishes;
use ui::kitchen::sound::{Chime, Hearing, Tone};
use ui::web;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, AudioContextState, OscillatorType};

const LOUD: f32 = 0.5;
const SILENT: f32 = 0.000_1;
/// A note that begins at once clicks.
const ATTACK: f64 = 0.012;

#[derive(Clone, Copy, PartialEq)]
pub struct Sound {
    player: CopyValue<Option<AudioContext>>,
    hearing: Signal<Hearing>,
    wishes: Signal<Wishes>,
}

impl Sound {
    pub fn hearing(self) -> Hearing {
        if self.wishes.read().sound {
            *self.hearing.read()
        } else {
            Hearing::Muted
        }
    }

    pub fn play(self, chime: Chime) {
        let heard = *self.hearing.peek() == Hearing::On && self.wishes.peek().sound;
        if let Some(player) = self.player.read().as_ref().filter(|_| heard) {
            for tone in chime.tones() {
                // What cannot be heard is still seen: the flash and the ticket.
                let _ = sing(player, *tone);
            }
        }
    }

    fn look(mut self) {
        let now = match self.player.read().as_ref() {
            None => Hearing::Deaf,
            Some(player) if player.state() == AudioContextState::Running => Hearing::On,
            Some(_) => Hearing::Locked,
        };
        if *self.hearing.peek() != now {
            self.hearing.set(now);
        }
    }

    /// Within somebody's touch the browser lets the page sound.
    fn ask(self) -> Option<Promise> {
        let player = self.player.read();
        let silent = |player: &&AudioContext| player.state() != AudioContextState::Running;
        player.as_ref().filter(silent)?.resume().ok()
    }

    /// It sounds from now on, and a chime says so.
    async fn unlock(self, asked: Promise) {
        let _ = JsFuture::from(asked).await;
        let was = *self.hearing.peek();
        self.look();
        if was == Hearing::Locked && *self.hearing.peek() == Hearing::On {
            self.play(Chime::New);
        }
    }
}

fn sing(player: &AudioContext, tone: Tone) -> Result<(), JsValue> {
    let begins = player.current_time() + f64::from(tone.at) / 1_000.0;
    let ends = begins + f64::from(tone.length) / 1_000.0;
    let (voice, volume) = (player.create_oscillator()?, player.create_gain()?);
    voice.set_type(if tone.harsh {
        OscillatorType::Square
    } else {
        OscillatorType::Triangle
    });
    voice.frequency().set_value(tone.hertz);
    let gain = volume.gain();
    gain.set_value_at_time(SILENT, begins)?;
    gain.exponential_ramp_to_value_at_time(LOUD, begins + ATTACK)?;
    gain.exponential_ramp_to_value_at_time(SILENT, ends)?;
    voice.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(&player.destination())?;
    voice.start_with_when(begins)?;
    voice.stop_with_when(ends)
}

/// Each of these is somebody's touch, as browsers count it.
const TOUCHES: [&str; 3] = ["pointerup", "click", "keydown"];

pub fn use_sound(wishes: Signal<Wishes>) -> Sound {
    let player = use_hook(|| CopyValue::new(AudioContext::new().ok()));
    let sound = Sound {
        player,
        hearing: use_signal(|| Hearing::Locked),
        wishes,
    };
    use_hook(|| sound.look());
    use_future(move || async move {
        let (tell, mut told) = unbounded();
        let _listening = TOUCHES.map(|touch| {
            let tell = tell.clone();
            web::on_window(touch, move || {
                if let Some(asked) = sound.ask() {
                    drop(tell.unbounded_send(asked));
                }
            })
        });
        while let Some(asked) = told.next().await {
            sound.unlock(asked).await;
        }
    });
    use_future(move || async move {
        let (tell, mut told) = unbounded();
        // A page that comes back may have lost its voice.
        let _listening = web::on_window("visibilitychange", move || {
            drop(tell.unbounded_send(()));
        });
        while told.next().await.is_some() {
            sound.look();
        }
    });
    use_context_provider(|| sound)
}
