const answer = await fetch("{url}");
const page = await answer.json();
for (const region of page.items) {
  console.log(region.number, region.name);
}
