// What the terminal asks and tells in front of the bill: payment, the bill that was made, all bills, handing in.
import { useEffect, useRef, useState } from "react";
import { Refusal } from "./offline_store.js";
import { rupees } from "./offline_taxing.js";
import { amount, instantText, money } from "./offline_words.js";
import { PaymentPad } from "./payment_pad.jsx";

function Dialog({ title, width, onClose, children }) {
  const own = useRef(null);
  useEffect(() => { own.current?.showModal(); }, []);
  return (
    <dialog ref={own} role="dialog" data-state="open" className="sheet offline-sheet" style={{ width: `min(${width}px, calc(100vw - 24px))` }} aria-label={title} onClose={onClose}>
      <div className="offline-sheet-head"><h2>{title}</h2><button type="button" className="finder-clear" aria-label="Close" onClick={() => own.current.close()}>×</button></div>
      {children}
    </dialog>
  );
}

export function PayDialog({ bill, lease, sale, onComplete, onClose }) {
  const [asked, setAsked] = useState("");
  const [attempt, setAttempt] = useState(0);
  const [problem, setProblem] = useState("");
  const complete = (tenders) => onComplete(tenders.map(({ method, amount: paid, reference }) => ({ method, amount: paid, reference: reference.replace(/\p{Cc}/gu, " ") }))).catch((error) => {
    setProblem(error instanceof Refusal ? error.message : "The device could not keep the bill, so nothing is sold. Free some space on it and try again.");
    setAttempt(attempt + 1);
  });
  return (
    <Dialog title={`To pay: ${money(bill.sums.value)}`} width={820} onClose={onClose}>
      <PaymentPad total={rupees(bill.sums.value)} attempt={attempt} problem={problem} upiSvg={lease.upi_svg} upiFor={lease.upi_svg ? asked : ""} errors={lease.upi_svg ? {} : { upi: "This branch has no UPI address. Let the customer scan the shop's own code." }} onUpi={setAsked} onComplete={complete} key={sale} />
    </Dialog>
  );
}

export function BillDialog({ made, onPrint, onClose }) {
  const next = useRef(null);
  useEffect(() => { next.current?.focus(); }, []);
  const { change, value } = made.shown.totals;
  return (
    <Dialog title="Sale complete" width={480} onClose={onClose}>
      <div className="sold">
        <div className="sold-big" data-change={change > 0}><span>{change > 0 ? "Change" : "Paid"}</span><b>{money(change > 0 ? change : value)}</b></div>
        <p className="sold-facts">Bill <b id="sold-number">{made.number}</b> · {money(value)} · kept on this device until the server has it</p>
        <div className="sold-papers"><button type="button" className="button button-outline button-touch" onClick={onPrint}>Print receipt</button></div>
        <button ref={next} type="button" className="button button-solid button-touch sold-next" onClick={onClose}>New sale<kbd aria-hidden="true">Enter</kbd></button>
      </div>
    </Dialog>
  );
}

const STATUS = { unsent: ["amber", "To be sent"], posted: ["green", "Sent"], waiting: ["red", "To settle"], discarded: ["gray", "Put away"] };

export function BillsDialog({ bills, server, onSend, onPrint, onClose }) {
  const hasUnsent = bills.some((bill) => bill.status === "unsent");
  return (
    <Dialog title="Bills of this device" width={640} onClose={onClose}>
      {!bills.length && <p className="finder-note">Bills that are made here stand on this list until the device hands in.</p>}
      <ol className="offline-bills">
        {[...bills].reverse().map((bill) => {
          const [tone, text] = STATUS[bill.status];
          return (
            <li key={bill.sale_id}>
              <span className="what"><b>{bill.number}</b><small>{instantText(bill.sold_at, bill.shown.lease.time_zone)}{bill.reason && ` · ${bill.reason}`}</small></span>
              <span className="amount">₹{amount(bill.shown.totals.value)}</span>
              <i className="badge" data-tone={tone}>{text}</i>
              <button type="button" className="button button-ghost button-touch" onClick={() => onPrint(bill)}>Print</button>
            </li>
          );
        })}
      </ol>
      {server.problem && <p className="error" role="alert">{server.problem}</p>}
      {hasUnsent && <button type="button" className="button button-solid button-touch" disabled={!server.isThere} onClick={onSend}>{server.isThere ? "Send now" : "They are sent when the server is back"}</button>}
    </Dialog>
  );
}

export function HandInDialog({ unsent, onHandIn, onDone, onClose }) {
  const [problem, setProblem] = useState("");
  const go = () => onHandIn().then(onDone, (error) => setProblem(error.message));
  return (
    <Dialog title="Hand in this device" width={480} onClose={onClose}>
      <p>Its numbers go back, and products and bills are deleted from it. Another device may sell offline on this till then; this one does again once it is asked for at the till.</p>
      {unsent > 0 && <p className="error" role="alert">{unsent} bills are still to be sent. They are sent first.</p>}
      {problem && <p className="error" role="alert">{problem}</p>}
      <button type="button" className="button button-solid button-touch" onClick={go}>Hand in</button>
    </Dialog>
  );
}
