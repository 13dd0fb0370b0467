// Signing out leaves no products and no bills of one's own behind, and never with bills the server does not have.
import { useState } from "react";
import { leave, readyPerson } from "../till/browser_parts/offline_sending.js";

export function SignOut({ children }) {
  const [problem, setProblem] = useState("");
  const submit = (event) => {
    if (!readyPerson()) return;
    event.preventDefault();
    const form = event.currentTarget;
    leave().then(() => form.submit(), (error) => setProblem(`Stay signed in until the bills made offline are sent: ${error.message}`));
  };
  return (
    <form method="post" action="/auth/sign-out" onSubmit={submit}>
      {children}
      {problem && <p className="error sign-out-problem" role="alert">{problem}</p>}
    </form>
  );
}
