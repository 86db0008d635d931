/* Side-by-side review: only comfort. J K A R N Z press what carries data-key (baobao.js); every act is a plain form. */
(() => {
  "use strict";
  const fold = document.querySelector("[data-return]");
  const next = document.querySelector("[data-next]");
  const undo = document.querySelector("[data-undo] button");

  /* Z presses the undo bar while it is shown. */
  if (undo) undo.dataset.key = "z";

  /* R opens the reasons and puts the cursor there; a picked reason can be sent with Enter. */
  if (fold) fold.addEventListener("toggle", () => { if (fold.open) fold.querySelector("select").focus(); });

  /* The next scan is fetched while this one is read. */
  if (next) { const image = new Image(); image.src = next.href; }
})();
