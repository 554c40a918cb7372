// Draws /openapi.json, and lets every operation be tried.

const METHODS = ["get", "post", "put", "patch", "delete"];
const $ = (id) => document.getElementById(id);

function element(tag, text = "", attributes = {}) {
  const made = Object.assign(document.createElement(tag), attributes);
  if (text) made.textContent = text;
  return made;
}

// Text in which `this` is code.
function prose(text) {
  return (text ?? "").split("`").map((part, index) => (index % 2 ? element("code", part) : part));
}

function nameOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.type === "array") return `list of ${nameOf(schema.items) || "anything"}`;
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map(nameOf).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  return schema.type ?? "anything";
}

// A value that has the shape of a schema, to start editing from.
function sample(schema, all, depth = 0) {
  if (!schema || depth > 6) return null;
  if (schema.$ref) return sample(all[schema.$ref.split("/").at(-1)], all, depth + 1);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return sample(options[0], all, depth + 1);
  if (schema.type === "object" || schema.properties) {
    const wanted = schema.required ?? Object.keys(schema.properties ?? {}).slice(0, 3);
    return Object.fromEntries(wanted.map((key) => [key, sample(schema.properties?.[key], all, depth + 1)]));
  }
  return { array: [], string: "", integer: 0, number: 0, boolean: false }[schema.type] ?? null;
}

function tryOut(path, method, operation, schemas) {
  const form = element("form");
  const fields = (operation.parameters ?? []).map((parameter) => {
    const input = element("input", "", { name: parameter.name, required: parameter.required ?? false, autocomplete: "off" });
    const label = element("label", `${parameter.name} (${parameter.in}, ${nameOf(parameter.schema)}) ${parameter.description ?? ""}`);
    label.append(input);
    form.append(label);
    return [parameter, input];
  });
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  let body = null;
  if (operation.requestBody) {
    const label = element("label", `Body: ${nameOf(schema) || "JSON"}`);
    body = element("textarea", JSON.stringify(sample(schema, schemas) ?? {}, null, 2));
    label.append(body);
    form.append(label);
  }
  const answer = element("pre", "", { hidden: true, tabIndex: 0 });
  form.append(element("button", "Send", { type: "submit" }), answer);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let url = path;
    const query = new URLSearchParams();
    const headers = body ? { "content-type": "application/json" } : {};
    for (const [parameter, input] of fields) {
      if (!input.value) continue;
      if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (parameter.in === "query") query.append(parameter.name, input.value);
      else headers[parameter.name] = input.value;
    }
    answer.hidden = false;
    answer.textContent = "…";
    try {
      const response = await fetch(query.size ? `${url}?${query}` : url, { method: method.toUpperCase(), headers, body: body?.value });
      const text = await response.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it is */ }
      answer.textContent = `${response.status} ${response.statusText}\n\n${shown}`;
    } catch (error) {
      answer.textContent = String(error);
    }
  });
  return form;
}

function draw(path, method, operation, schemas) {
  const box = element("details");
  box.dataset.text = `${method} ${path} ${operation.operationId} ${operation.summary} ${operation.description ?? ""}`.toLowerCase();
  const line = element("summary");
  const said = operation.description?.split("\n")[0];
  line.append(element("span", method.toUpperCase(), { className: "method mono" }), element("code", path), " ", ...prose(said));
  box.append(line);
  box.addEventListener("toggle", () => {
    if (!box.open || box.childElementCount > 1) return;
    const answers = element("table");
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      const row = element("tr");
      const shape = Object.values(response.content ?? {})[0]?.schema;
      const text = element("td");
      text.append(...prose(response.description));
      row.append(element("td", status, { className: "mono" }), element("td", nameOf(shape)), text);
      answers.append(row);
    }
    box.append(answers, tryOut(path, method, operation, schemas));
  });
  return box;
}

async function main() {
  const api = await (await fetch("/openapi.json")).json();
  const schemas = api.components?.schemas ?? {};
  const groups = new Map();
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((name) => operations[name])) {
      const tag = operations[method].tags?.[0] ?? "other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(draw(path, method, operations[method], schemas));
    }
  }
  for (const [tag, boxes] of groups) {
    const section = element("section");
    section.append(element("h2", tag[0].toUpperCase() + tag.slice(1)), ...boxes);
    $("operations").append(section, element("p"));
  }
  for (const [name, schema] of Object.entries(schemas)) {
    const box = element("details");
    box.append(element("summary", name), element("pre", JSON.stringify(schema, null, 2), { tabIndex: 0 }));
    $("schemas").append(box);
  }
  $("filter").addEventListener("input", ({ target }) => {
    for (const box of document.querySelectorAll("#operations details")) box.hidden = !box.dataset.text.includes(target.value.toLowerCase());
  });
}

main();
