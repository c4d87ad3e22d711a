// Search on the shelf: every word must stand somewhere on the card; accents and case do not matter.

document.documentElement.classList.add("scripted");

const find = document.getElementById("find");
const cards = [...document.querySelectorAll(".book-card")];
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const texts = cards.map((card) => plain(card.textContent));

function search() {
  const words = plain(find.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  cards.forEach((card, at) => {
    card.hidden = !words.every((word) => texts[at].includes(word));
    shown += card.hidden ? 0 : 1;
  });
  document.getElementById("none").hidden = shown > 0;
  document.getElementById("found").textContent = words.length ? `${shown} of ${cards.length} books` : "";
}

document.querySelector(".search").hidden = false;
find.addEventListener("input", search);
search();
