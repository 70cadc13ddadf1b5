// What is asked of a page from inside of it. Runs in the browser, so it can use nothing from outside.

/** Complaints about the page as it is laid out now. */
export function inPage() {
  const complaints = [];
  const name = (one) => `<${one.tagName.toLowerCase()} class="${one.getAttribute("class") ?? ""}"> ${JSON.stringify(one.textContent.slice(0, 60))}`;
  const shown = (one) => one.getClientRects().length > 0 && one.checkVisibility();
  const root = document.documentElement;
  const width = root.clientWidth;

  // Nothing that somebody else wrote has become part of the page, or has run.
  const mine =
    "html head meta title link style body main header footer section div span p h1 h2 h3 h4 ul ol li dl dt dd a " +
    "strong small code bdi table caption thead tbody tr th td figure figcaption details summary " +
    "svg symbol use g defs clippath circle ellipse path rect line polyline polygon text tspan";
  const known = new Set(mine.split(" "));
  for (const one of document.querySelectorAll("*")) {
    if (!known.has(one.tagName.toLowerCase())) complaints.push(`a foreign element: ${name(one)}`);
    for (const { name: attribute, value } of one.attributes) {
      if (attribute.startsWith("on")) complaints.push(`a handler: ${attribute} of ${name(one)}`);
      if (["href", "src"].includes(attribute) && !value.startsWith("#") && value !== "data:,") {
        complaints.push(`an address: ${value} of ${name(one)}`);
      }
    }
  }
  if (document.querySelectorAll("style").length !== 1) complaints.push("more than one style sheet");
  if (document.querySelectorAll("h1").length !== 1) complaints.push("not one h1");
  if (window.__hostile !== undefined) complaints.push("a hostile text ran");
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  if (new Set(ids).size !== ids.length) complaints.push("an id is there twice");

  // The page does not scroll sideways, and nothing sticks out of it.
  if (root.scrollWidth > width) complaints.push(`the page is ${root.scrollWidth} px wide in ${width} px`);
  for (const one of document.querySelectorAll("body *")) {
    if (one.closest(".scroll, .unseen, .promises thead") && !one.matches(".scroll")) continue;
    if (!shown(one)) continue;
    const box = one.getBoundingClientRect();
    if (box.width > 0 && box.height > 0 && (box.right > width + 0.6 || box.left < -0.6)) {
      complaints.push(`sticks out (${box.left.toFixed()}..${box.right.toFixed()} of ${width}): ${name(one)}`);
    }
    const isText = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (isText && !one.closest("svg") && box.height > 0 && parseFloat(getComputedStyle(one).fontSize) < 12) {
      complaints.push(`small letters: ${name(one)}`);
    }
  }

  // No word lies over another one, outside of pictures.
  const blocks = [...document.querySelectorAll("h1 .word, h1 .headline, h2, h3, h4, p, li, dt, dd, th, td, summary, .badge")]
    .filter((one) => !one.closest(".unseen, .promises thead, .scroll") && shown(one));
  const boxed = blocks.map((one) => [one, one.getBoundingClientRect()]);
  const meet = (a, b, by) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > by && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > by;
  boxed.sort(([, a], [, b]) => a.top - b.top);
  boxed.forEach(([one, box], at) => {
    for (let next = at + 1; next < boxed.length && boxed[next][1].top < box.bottom - 2; next += 1) {
      const [other, theirs] = boxed[next];
      if (one.contains(other) || other.contains(one)) continue;
      if (meet(box, theirs, 2)) complaints.push(`${name(one)} lies over ${name(other)}`);
    }
  });

  // Every chart is seen in one shape, and its words can be read.
  for (const figure of document.querySelectorAll("figure")) {
    const seen = [...figure.querySelectorAll("svg")].filter(shown);
    if (seen.length !== 1) {
      complaints.push(`${seen.length} pictures are seen in ${name(figure)}`);
      continue;
    }
    const whole = seen[0].getBoundingClientRect();
    if (whole.width < 40 || whole.height < 10) complaints.push(`a picture without room: ${name(figure)}`);
    const what = seen[0].getAttribute("data-chart") ?? name(figure);
    const texts = [...seen[0].querySelectorAll("text")].filter((text) => text.textContent.trim());
    const boxes = texts.map((text) => text.getBoundingClientRect());
    texts.forEach((text, at) => {
      const box = boxes[at];
      const words = JSON.stringify(text.textContent);
      const inside =
        box.left >= whole.left - 1 && box.right <= whole.right + 1 && box.top >= whole.top - 1 && box.bottom <= whole.bottom + 1;
      if (!inside) complaints.push(`${words} leaves the chart ${what}`);
      const size = parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b);
      if (size < 9.5) complaints.push(`${words} has ${size.toFixed(1)} px in the chart ${what}`);
      for (let next = at + 1; next < texts.length; next += 1) {
        if (meet(box, boxes[next], 1)) {
          complaints.push(`${words} lies over ${JSON.stringify(texts[next].textContent)} in the chart ${what}`);
        }
      }
    });
  }
  return complaints;
}
