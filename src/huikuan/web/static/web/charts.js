/* Draws every [data-chart] from its JSON (json_script with the id named there), and again when the colours change.
   Tooltips are drawn in the picture: an HTML one would carry inline styles, which the content security policy refuses.
   A table with the same figures stands beside each chart. */
(() => {
  "use strict";
  const ROWS = 7; // as many as colours.css has colours for
  const charts = new Map(); // box -> its chart

  /* A custom property as the browser would paint it: the text of the property may still be light-dark(…). */
  function colour(name) {
    const probe = document.createElement("i");
    probe.className = "hk-probe";
    probe.style.color = `var(--hk-${name})`;
    document.body.append(probe);
    const painted = getComputedStyle(probe).color;
    probe.remove();
    return painted;
  }

  function axis(given) {
    const line = { lineStyle: { color: colour("line") } };
    const label = { ...(given && given.axisLabel), color: colour("quiet") };
    return { axisLine: line, splitLine: line, axisTick: line, ...given, axisLabel: label };
  }

  function option(box) {
    const given = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const series = [].concat(given.series || []);
    const text = { color: colour("quiet") };
    return {
      color: Array.from({ length: ROWS }, (_row, number) => colour(`chart-${number + 1}`)),
      animation: false,
      aria: { enabled: true },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12, ...text },
      grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
      ...given,
      xAxis: axis(given.xAxis),
      yAxis: axis(given.yAxis),
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: text, ...given.legend },
      series: series.map((one) => (one.type === "bar" ? { barMaxWidth: 28, ...one } : one)),
      tooltip: {
        trigger: "axis", confine: true, backgroundColor: colour("paper"), borderColor: colour("line"),
        textStyle: { color: colour("ink") }, ...given.tooltip, renderMode: "richText",
      },
    };
  }

  function draw() {
    document.querySelectorAll("[data-chart]:not([data-drawn])").forEach((box) => {
      box.dataset.drawn = "yes";
      const chart = echarts.init(box, null, { renderer: "svg" });
      chart.setOption(option(box));
      charts.set(box, chart);
      new ResizeObserver(() => chart.resize()).observe(box);
    });
  }

  document.addEventListener("htmx:load", draw);
  document.addEventListener("hk-scheme", () => {
    charts.forEach((chart, box) => { if (box.isConnected) chart.setOption(option(box)); });
  });
  draw();
})();
