"use strict";
const sound = document.getElementById("sound");
document.addEventListener("click", (event) => {
  const place = event.target.closest("[data-at]");
  if (!place || !sound) return;
  const at = Number(place.dataset.at);
  const play = () => { sound.currentTime = at; sound.play(); };
  if (sound.readyState >= 1) play();
  else { sound.addEventListener("loadedmetadata", play, { once: true }); sound.load(); }
});
