// A tab's token belongs to the session that used it first: a new sign-in starts with a new one.
sessionStorage.removeItem("token");
