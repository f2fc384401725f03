/* Draws every [data-chart] from its JSON (json_script with the id named there). Tooltips are drawn in the picture: an HTML one would
   carry inline styles, which the content security policy refuses. A table with the same figures stands beside each chart. */
(() => {
  "use strict";
  const palette = ["#0b66c3", "#2b8a3e", "#b45309", "#7048a8", "#0c7489", "#c92a2a", "#5c6770"];
  function draw() {
    document.querySelectorAll("[data-chart]:not([data-drawn])").forEach((box) => {
      box.dataset.drawn = "yes";
      const option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
      const chart = echarts.init(box, null, { renderer: "svg" });
      chart.setOption({
        color: palette, animation: false, aria: { enabled: true },
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 },
        grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
        ...option,
        legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, ...option.legend },
        series: [].concat(option.series || []).map((one) => (one.type === "bar" ? { barMaxWidth: 28, ...one } : one)),
        tooltip: { trigger: "axis", confine: true, ...option.tooltip, renderMode: "richText" },
      });
      new ResizeObserver(() => chart.resize()).observe(box);
    });
  }
  document.addEventListener("htmx:load", draw);
  draw();
})();
