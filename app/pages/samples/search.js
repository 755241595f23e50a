const query = new URLSearchParams({ prefecture: "石川", sort: "-fiscal_year_start" });
const answer = await fetch(`http://127.0.0.1:8000/v1/regions?${query}`);
const { items } = await answer.json();
for (const { number, name, theme } of items) {
  console.log(number, name, theme);
}
