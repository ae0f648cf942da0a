"use strict";

// The first page of a node: its health, its newest blocks, and the status of a certificate. It asks this node only.

const pollMilliseconds = 2000;
const blockCount = 10;

const conditions = {
  active: ["good", "有效", "active"],
  suspended: ["warn", "已暂停", "suspended"],
  revoked: ["bad", "已撤销", "revoked"],
  superseded: ["warn", "已被替换", "superseded"],
  expired: ["warn", "已过期", "expired"],
  notYetValid: ["warn", "尚未生效", "not yet valid"],
};

const byID = (id) => document.getElementById(id);

/// An element with text; text is never read as markup.
function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

/// Chinese text with the English beside it.
function both(parent, chinese, english) {
  const small = element("span", english);
  small.lang = "en";
  parent.replaceChildren(chinese + " ", small);
  return parent;
}

const grouped = (number) => number.toLocaleString("zh-Hans-CN");
const clock = (milliseconds) => new Date(milliseconds).toLocaleTimeString("zh-Hans-CN", { hour12: false });
const moment = (milliseconds) => new Date(milliseconds).toLocaleString("zh-Hans-CN", { hour12: false });

async function ask(path) {
  const response = await fetch(path, { headers: { accept: "application/json" }, cache: "no-store" });
  const body = await response.json();
  return { ok: response.ok, body };
}

let names = [];
let newestShown = -1;

function showStatus(status) {
  names = status.peers.map((peer) => peer.name);
  byID("height").textContent = grouped(status.storedHeight);
  byID("links").textContent = `${status.peers.filter((peer) => peer.connected).length} / ${status.validatorCount}`;
  byID("waiting").textContent = grouped(status.poolCount);
  const badge = byID("readiness");
  badge.className = "badge " + (status.refusal ? "bad" : status.ready ? "good" : "warn");
  if (status.refusal) both(badge, "不参与投票", "not voting");
  else if (status.ready) both(badge, "运行正常", "healthy");
  else both(badge, "正在追赶", "catching up");
  showNodes(status);
}

function showNodes(status) {
  const addresses = new Map((status.links ?? []).map((link) => [link.department, link.address]));
  const rows = status.peers.map((peer) => {
    const row = element("li");
    const name = element("div", undefined, "name");
    const address = addresses.get(peer.department);
    const title = element(address ? "a" : "span", peer.name);
    if (address) title.href = address;
    const english = element("span", peer.englishName);
    english.lang = "en";
    name.append(title, english);
    const own = peer.index === status.ownIndex;
    const contradicted = (status.equivocations ?? []).includes(peer.index);
    const state = element("span", undefined, "state " + (contradicted ? "bad" : own || peer.connected ? "good" : "warn"));
    if (contradicted) both(state, "自相矛盾", "equivocated");
    else if (own) both(state, "本节点", "this node");
    else if (peer.connected) both(state, "已连接", "linked");
    else both(state, "未连接", "not linked");
    row.append(name, state);
    return row;
  });
  byID("nodes").replaceChildren(...rows);
}

function showBlocks(list) {
  const rows = list.blocks.map((block) => {
    const row = element("tr");
    if (newestShown >= 0 && block.height > newestShown) row.className = "new";
    const link = element("a", grouped(block.height));
    link.href = `/v1/blocks/${block.height}`;
    const height = element("td");
    height.append(link);
    row.append(
      height,
      element("td", clock(block.timestamp)),
      element("td", block.height === 0 ? "–" : (names[block.proposer] ?? String(block.proposer))),
      element("td", grouped(block.transactionCount), "number"),
      element("td", block.digest.slice(0, 16) + "…", "digest"),
    );
    return row;
  });
  byID("blocks").replaceChildren(...rows);
  newestShown = list.newest;
  if (list.blocks.length > 0) byID("records").textContent = grouped(list.blocks[0].registerSize);
}

async function poll() {
  try {
    const status = await ask("/v1/status");
    const blocks = await ask(`/v1/blocks?limit=${blockCount}`);
    if (status.ok) showStatus(status.body);
    if (blocks.ok) showBlocks(blocks.body);
    byID("fault").hidden = status.ok && blocks.ok;
  } catch {
    byID("fault").hidden = false;
  }
  setTimeout(poll, pollMilliseconds);
}

function showAnswer(kind, chinese, english, facts) {
  const box = byID("answer");
  box.className = "answer " + kind;
  const title = both(element("strong"), chinese, english);
  const list = element("dl");
  for (const [name, englishName, value] of facts) {
    list.append(both(element("dt"), name, englishName), element("dd", value));
  }
  box.replaceChildren(title, ...(facts.length > 0 ? [list] : []));
  box.hidden = false;
}

async function check(event) {
  event.preventDefault();
  const commitment = byID("certificate").value.trim().toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(commitment)) {
    showAnswer("bad", "请输入 64 位十六进制的承诺值。", "Enter 64 hexadecimal digits.", []);
    return;
  }
  try {
    const { ok, body } = await ask(`/v1/certificates/${commitment}`);
    if (!ok) {
      showAnswer("bad", body.titleChinese, body.title, []);
      return;
    }
    const [kind, chinese, english] = conditions[body.status];
    const end = body.validUntil === undefined ? "长期有效 no end" : moment(body.validUntil);
    showAnswer(kind, chinese, english, [
      ["证照类型", "type", `${body.typeName} ${body.typeEnglishName}`],
      ["签发部门", "issuer", `${body.issuerName} ${body.issuerEnglishName}`],
      ["有效期自", "from", moment(body.validFrom)],
      ["有效期至", "until", end],
      ["截至", "as of", `${moment(body.asOf.timestamp)} · 区块 block ${grouped(body.asOf.height)}`],
    ]);
  } catch {
    showAnswer("bad", "节点没有应答。", "The node does not answer.", []);
  }
}

byID("check").addEventListener("submit", check);
poll();
