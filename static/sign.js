/* A signature box: strokes are kept as points, so that they can be drawn again in a page and in a PDF. */
const SignatureBox = (() => {
  "use strict";
  const MARK = 4, STEP = 2, MOST = 5000; // a dot is no signature; points nearer than STEP add nothing
  return function SignatureBox(box, changed) {
    const canvas = box.querySelector("canvas"), brush = canvas.getContext("2d"), hint = box.querySelector("[data-sign-hint]");
    const label = canvas.getAttribute("aria-label");
    let strokes = [], stroke = null, finger = null;

    const points = () => strokes.reduce((sum, each) => sum + each.length, 0);
    const inked = () => points() > MARK;
    /* Written in a wider box (the phone was turned): drawn smaller, kept as written. */
    const scale = () => Math.min(1, (canvas.clientWidth - 8) / Math.max(1, ...strokes.map((points) => Math.max(...points.map((point) => point[0])))));
    function draw() {
      const by = strokes.length && canvas.clientWidth ? scale() : 1;
      brush.clearRect(0, 0, canvas.width, canvas.height);
      brush.lineWidth = 2.6;
      brush.lineCap = brush.lineJoin = "round";
      brush.strokeStyle = "#10263a";
      strokes.forEach((points) => {
        brush.beginPath();
        points.forEach(([x, y], at) => {
          if (!at) { brush.moveTo(x * by, y * by); return; }
          const [a, b] = points[at - 1];
          brush.quadraticCurveTo(a * by, b * by, (a + x) / 2 * by, (b + y) / 2 * by);
        });
        brush.stroke();
      });
      hint.hidden = strokes.length > 0;
      canvas.setAttribute("aria-label", inked() ? label + "（" + box.dataset.signed + "）" : label);
    }
    function fit() {
      const density = Math.min(2, devicePixelRatio || 1);
      canvas.width = canvas.clientWidth * density;
      canvas.height = canvas.clientHeight * density;
      brush.setTransform(density, 0, 0, density, 0, 0);
      draw();
    }
    const point = (event) => { const edge = canvas.getBoundingClientRect(); return [Math.round(event.clientX - edge.left), Math.round(event.clientY - edge.top)]; };
    canvas.addEventListener("pointerdown", (event) => {
      if (stroke || event.button) return;
      finger = event.pointerId;
      stroke = [point(event)];
      strokes.push(stroke);
      canvas.setPointerCapture(finger);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!stroke || event.pointerId !== finger) return;
      const next = point(event), last = stroke[stroke.length - 1];
      if (Math.hypot(next[0] - last[0], next[1] - last[1]) < STEP || points() > MOST) return;
      stroke.push(next);
      draw();
    });
    const lift = (event) => {
      if (!stroke || event.pointerId !== finger) return;
      stroke = null;
      strokes = strokes.filter((points) => points.length > 1);
      draw();
      changed();
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    if (window.ResizeObserver) new ResizeObserver(fit).observe(canvas); else addEventListener("resize", fit);

    return {
      fit, inked, strokes: () => strokes,
      load: (kept) => { strokes = kept || []; stroke = null; fit(); },
      clear: () => { strokes = []; draw(); changed(); },
    };
  };
})();
