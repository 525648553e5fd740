//! One transaction: each commit's conditions, then its rows.

use types::{Head, Owner, TaskId, Timestamp};

use super::row::{Place, encode_row, encode_snapshot};
use super::schema::{LAST_TASK, MOST_COMMITS, place, state_in};
use super::seen::{self, stored};
use super::state::{Known, millis};
use super::writer::Writer;
use crate::commit::{Accept, Commit, Committed, Created, Lane, Outcome, Refusal, RowChange, TaskChange};
use crate::read::Wake;
use crate::seen::{Seen, SeenKey};

type Result<T> = rusqlite::Result<T>;

impl Writer<'_> {
    /// Checks and writes one commit within the open transaction.
    pub(super) fn apply(&mut self, commit: &Commit) -> Result<Outcome> {
        let before = match self.check(commit)? {
            Ok(before) => before,
            Err(refusal) => {
                if let Some(change) = &commit.task {
                    self.draft.failed.note(change.id, change.generation);
                }
                return Ok(Err(refusal));
            }
        };
        if commit.is_barrier() {
            return Ok(Ok(Committed));
        }
        self.draft.latest = self.draft.latest.max(commit.at);
        if let Some(change) = &commit.task {
            self.write_task(change, before, commit.at)?;
        }
        if let Some(accept) = &commit.accept {
            self.write_accept(accept)?;
            self.fence_older(accept)?;
        }
        for row in &commit.rows {
            self.write_row(row)?;
        }
        Ok(Ok(Committed))
    }

    /// All conditions, in the order in which a caller wants to hear of them.
    fn check(&mut self, commit: &Commit) -> Result<std::result::Result<Option<Known>, Refusal>> {
        if commit.epoch != self.shared.own.epoch {
            return Ok(Err(Refusal::Fenced { expected: commit.epoch, found: self.shared.own.epoch }));
        }
        if commit.task.as_ref().is_some_and(|change| self.has_failed(change)) {
            return Ok(Err(Refusal::Superseded));
        }
        if let Some(seen) = commit.accept.as_ref().map(|accept| self.find_seen(&accept.key)).transpose()?.flatten() {
            return Ok(Err(Refusal::Seen(seen)));
        }
        if commit.accept.as_ref().is_some_and(|accept| accept.expired(|| self.shared.clock.now())) {
            return Ok(Err(Refusal::Expired));
        }
        let mut before = None;
        if let Some(change) = &commit.task {
            before = self.state.task(change.id, &mut self.sql.find_task)?;
            if let Err(refusal) = check_head(change, before.as_ref()) {
                return Ok(Err(refusal));
            }
        }
        for (place, row) in commit.rows.iter().enumerate().filter(|(_, row)| row.expected != RowChange::ANY) {
            let found = match row.left_by(&commit.rows[..place]) {
                Some(left) => left,
                None => self.version(row)?,
            };
            if found != row.expected {
                return Ok(Err(Refusal::Row { kind: row.kind, key: row.key.clone(), found }));
            }
        }
        // Last, so that a repetition is still recognised when new work is not taken.
        let unwelcome = self.space.is_starved() && commit.lane == Lane::Accept;
        let numberless = commit.task.is_some() && before.is_none() && self.state.next_task > LAST_TASK;
        Ok(if unwelcome || numberless { Err(Refusal::NoSpace) } else { Ok(before) })
    }

    fn has_failed(&self, change: &TaskChange) -> bool {
        let (id, generation) = (change.id, change.generation);
        self.draft.failed.covers(id, generation) || self.state.failed.covers(id, generation)
    }

    fn find_seen(&self, key: &SeenKey) -> Result<Option<Seen>> {
        match self.draft.seen.get(key) {
            Some(no) => seen::read(self.conn, *no, key),
            None => seen::find(self.conn, &self.shared.seen, key),
        }
    }

    fn version(&mut self, row: &RowChange) -> Result<u64> {
        let mut found = self.sql.find_row.query((row.kind, &row.key[..]))?;
        Ok(found.next()?.map(|row| row.get::<_, i64>(0)).transpose()?.map_or(0, |version| version as u64))
    }

    fn write_task(&mut self, change: &TaskChange, before: Option<Known>, at: Timestamp) -> Result<()> {
        let after = match (before, &change.created) {
            (Some(before), _) => self.advance(change, before, at)?,
            (None, Some(created)) => self.create(change, created, at)?,
            // The check has refused it.
            (None, None) => return Ok(()),
        };
        self.state.remember(change.id, after);
        self.draft.held = self.draft.held.max(after.changed_at);
        let position = Place { task: change.id, head: after.head, seq: after.seq };
        encode_row(&mut self.scratch, position, at, &change.entries);
        self.sql.add_log.execute((place(after.no, after.head), after.seq.0 as i64, &self.scratch[..]))?;
        if let Some(snapshot) = &change.snapshot {
            encode_snapshot(&mut self.scratch, position, snapshot);
            let row = (after.no, after.head.0 as i64, after.seq.0 as i64, &self.scratch[..]);
            self.sql.set_snapshot.execute(row)?;
        }
        Ok(())
    }

    fn create(&mut self, change: &TaskChange, created: &Created, at: Timestamp) -> Result<Known> {
        let owner = self.owner(&created.owner)?;
        let after = Known {
            no: self.state.next_task,
            head: Head::ZERO.next(),
            seq: change.seq,
            owner,
            tag: change.state.wire().into(),
            changed_at: at,
            ready: change.ready.applied(None, at),
            timer: change.timer.applied(None),
        };
        self.state.next_task += 1;
        self.draft.tallies.more(owner, after.tag);
        self.sql.add_task.execute((
            after.no,
            change.id.as_bytes(),
            owner,
            created.context.as_str(),
            after.tag,
            after.head.0 as i64,
            after.seq.0 as i64,
            millis(at),
            after.ready.map(millis),
            after.timer.map(millis),
        ))?;
        self.move_mark(change.id, Wake::Ready, None, after.ready)?;
        self.move_mark(change.id, Wake::Timer, None, after.timer)?;
        Ok(after)
    }

    fn advance(&mut self, change: &TaskChange, before: Known, at: Timestamp) -> Result<Known> {
        let after = Known {
            head: before.head.next(),
            seq: change.seq.max(before.seq),
            tag: change.state.wire().into(),
            changed_at: at.max(before.changed_at),
            ready: change.ready.applied(before.ready, at),
            timer: change.timer.applied(before.timer),
            ..before
        };
        self.draft.tallies.fewer(before.owner, state_in(before.tag));
        self.draft.tallies.more(after.owner, after.tag);
        self.sql.set_task.execute((
            after.no,
            after.tag,
            after.head.0 as i64,
            after.seq.0 as i64,
            millis(after.changed_at),
            after.ready.map(millis),
            after.timer.map(millis),
        ))?;
        self.move_mark(change.id, Wake::Ready, before.ready, after.ready)?;
        self.move_mark(change.id, Wake::Timer, before.timer, after.timer)?;
        Ok(after)
    }

    fn move_mark(&mut self, id: TaskId, wake: Wake, from: Option<Timestamp>, to: Option<Timestamp>) -> Result<()> {
        if from == to {
            return Ok(());
        }
        if let Some(at) = from {
            self.sql.drop_due.execute((millis(at), id.as_bytes(), wake as i64))?;
        }
        if let Some(at) = to {
            self.sql.add_due.execute((millis(at), id.as_bytes(), wake as i64))?;
        }
        Ok(())
    }

    fn owner(&mut self, owner: &Owner) -> Result<i64> {
        if let Some(no) = self.state.owners.get(owner) {
            return Ok(*no);
        }
        let no = self.state.next_owner;
        self.sql.add_owner.execute((no, owner.tenant.as_str(), owner.principal.as_str()))?;
        self.state.next_owner += 1;
        self.state.owners.insert(owner.clone(), no);
        Ok(no)
    }

    fn write_accept(&mut self, accept: &Accept) -> Result<()> {
        let no = self.state.next_seen;
        let (kind, reply) = stored(&accept.reply);
        self.sql.add_seen.execute((no, accept.key.0, accept.digest.0, kind, reply, millis(accept.keep_until)))?;
        self.state.next_seen += 1;
        self.draft.seen.insert(accept.key, no);
        Ok(())
    }

    fn fence_older(&mut self, accept: &Accept) -> Result<()> {
        for fence in accept.fences() {
            if self.find_seen(&fence.key)?.is_none() {
                self.write_accept(&fence)?;
            }
        }
        Ok(())
    }

    fn write_row(&mut self, row: &RowChange) -> Result<()> {
        match &row.body {
            Some(body) => self.sql.set_row.execute((row.kind, &row.key[..], row.after() as i64, &body[..])).map(drop),
            None => self.sql.drop_row.execute((row.kind, &row.key[..])).map(drop),
        }
    }

    /// What a transaction writes once for all its commits: how many tasks there are, and the time, unless a task's row
    /// holds it.
    pub(super) fn write_once(&mut self) -> Result<()> {
        self.draft.tallies.write(&mut self.sql.tally)?;
        if self.draft.latest > self.draft.held {
            self.sql.set_clock.execute([millis(self.draft.latest)])?;
        }
        Ok(())
    }
}

fn check_head(change: &TaskChange, before: Option<&Known>) -> std::result::Result<(), Refusal> {
    let found = before.map_or(Head::ZERO, |known| known.head);
    // Only a change that says whose the task is can create it.
    let possible = change.expected != Head::ZERO || change.created.is_some();
    match found == change.expected && possible {
        true if found.0 < MOST_COMMITS => Ok(()),
        true => Err(Refusal::NoSpace),
        false => Err(Refusal::Head { expected: change.expected, found }),
    }
}
