/**
 * Run in a page: names what has too little contrast by WCAG 2.2 AA, which wants 4.5 to 1 of text and 3 to 1 of the edges of
 * fields. Of a ground that is not opaque nothing is mixed; the page has none behind text.
 */
export const FAINT = `(() => {
  const channels = (color) => {
    const numbers = color.match(/[\\d.]+/g).map(Number);
    return color.startsWith('color(') ? numbers.map((one, at) => (at < 3 ? one * 255 : one)) : numbers;
  };
  const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const ground = (element) => {
    const [red, green, blue, alpha = 1] = channels(getComputedStyle(element).backgroundColor);
    return alpha === 1 ? [red, green, blue] : ground(element.parentElement);
  };
  const contrast = (color, behind) => {
    const [more, less] = [luminance(channels(color)), luminance(behind)].sort((a, b) => b - a);
    return (more + 0.05) / (less + 0.05);
  };
  const seen = [...document.querySelectorAll('body :not(script, style, noscript, option)')].filter(
    (one) => one.checkVisibility() && one.closest('.unseen, :disabled') === null,
  );
  const texts = seen.filter((one) => [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim() !== ''));
  const fields = seen.filter((one) => one.matches('select, input[type=search]'));
  if (texts.length < 50 || fields.length < 5) return ['too little to look at'];
  return [
    ...texts.filter((one) => contrast(getComputedStyle(one).color, ground(one)) < 4.5),
    ...fields.filter((one) => contrast(getComputedStyle(one).borderTopColor, ground(one.parentElement)) < 3),
  ].map((one) => one.outerHTML.slice(0, 80));
})()`;
