// Signing out leaves no products and no bills of a till behind, and never with bills the server does not have.
import { useState } from "react";
import { forget, handIn, isReady, keptUnsent } from "../till/browser_parts/offline_sending.js";

export function SignOut({ children }) {
  const [problem, setProblem] = useState("");
  const leave = (event) => {
    if (!isReady()) return;
    event.preventDefault();
    const form = event.currentTarget;
    handIn()
      .catch((error) => { if (keptUnsent()) throw error; return forget(); }) // its lease is then ended by a manager
      .then(() => form.submit(), (error) => setProblem(`Stay signed in until the bills made offline are sent: ${error.message}`));
  };
  return (
    <form method="post" action="/auth/sign-out" onSubmit={leave}>
      {children}
      {problem && <p className="error sign-out-problem" role="alert">{problem}</p>}
    </form>
  );
}
