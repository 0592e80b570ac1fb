// Asks once where the hub is; the program tries the address and remembers it.
const form = document.querySelector("form");
const field = document.querySelector("#hub");
const button = document.querySelector("button");
const alert = document.querySelector("[role=alert]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  alert.hidden = true;
  try {
    await window.__TAURI_INTERNALS__.invoke("connect", { hub: field.value });
    location.replace("index.html");
  } catch (why) {
    alert.textContent = String(why);
    alert.hidden = false;
    button.disabled = false;
    field.focus();
  }
});
