// A language chosen from the list: it is remembered in a cookie, which comes with each request, and the page is loaded
// anew, since Gradio asks for the language only then.
// Gradio runs this once when the component is on the page; `element` is its argument.

const YEAR = 365 * 24 * 3600; // seconds
const select = element.querySelector("select");

select.value = navigator.language;
select.addEventListener("change", () => {
  // the sketchpad keeps its drawing; the table of many photos may say no
  if (!window.dispatchEvent(new Event("languagechange", { cancelable: true }))) {
    select.value = navigator.language;
    return;
  }
  // within a frame of another site, as on Hugging Face, browsers keep it apart or not at all
  const reach = location.protocol === "https:" ? "samesite=none; secure; partitioned" : "samesite=lax";
  document.cookie = `language=${select.value}; path=/; max-age=${YEAR}; ${reach}`;
  location.reload();
});
