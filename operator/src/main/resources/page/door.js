// What a visitor sees whom nobody knows: how to come in.
import { el } from "./dom.js";
import { token } from "./api.js";

export function door(message, enter) {
  const said = token.get() !== null;
  const field = el("input", {
    id: "token", type: "password", autocomplete: "off", spellcheck: "false", autocapitalize: "none", required: true,
    "aria-describedby": said ? "token-error token-help" : "token-help", "aria-invalid": said ? "true" : null,
  });
  const submit = (event) => {
    event.preventDefault();
    const value = field.value.trim();
    // Only what may stand in a header: everything else is no token.
    if (/^[\x21-\x7e]+$/.test(value)) {
      token.keep(value);
      enter();
    } else {
      field.setAttribute("aria-invalid", "true");
      field.focus();
    }
  };
  return el("section", { class: "door" },
    el("h1", { id: "title", tabindex: "-1" }, "Who are you?"),
    el("p", {}, "The page shows the ModelDeployments that Kubernetes lets you list. It asks the API server whose your token is."),
    el("form", { submit },
      el("label", { for: "token" }, "Bearer token"),
      field,
      said ? el("p", { id: "token-error", class: "error" }, message) : null,
      el("p", { id: "token-help" }, "It stays in this tab, until you close it or say so."),
      el("button", { type: "submit" }, "Look")),
    el("h2", {}, "Where a token comes from"),
    el("p", {}, "Of a ServiceAccount that may list ModelDeployments:"),
    el("pre", { tabindex: "0" }, el("code", {},
      "kubectl create serviceaccount onlooker -n NAMESPACE\n"
      + "kubectl create rolebinding onlooker -n NAMESPACE \\\n"
      + "  --clusterrole=plimsoll-view --serviceaccount=NAMESPACE:onlooker\n"
      + "kubectl create token onlooker -n NAMESPACE")),
    el("p", {}, "Or of yourself, where your cluster knows people by tokens: what kubectl sends as yours."));
}
