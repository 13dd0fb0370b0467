// Applied before the first paint, so that a narrow navigation does not jump.
document.documentElement.dataset.nav = localStorage.getItem("nav") || "wide";
