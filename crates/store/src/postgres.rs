//! The council's engine: pooled connections with cached statements.

use crate::value::{Row, Val};
use crate::{StoreError, StoreResult};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, QueueMode, RecyclingMethod};
use futures_util::future::try_join_all;
use std::error::Error;
use std::sync::Arc;
use tokio_postgres::NoTls;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};

const CONNECTIONS: usize = 16;

#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub(crate) fn open(url: &str) -> StoreResult<Self> {
        let mut config: tokio_postgres::Config = url.parse().map_err(|e| driver(&e))?;
        // Planning a statement of ours, or compiling it, takes longer than running it: each is planned once on a connection. A page asks for
        // few rows of large tables, which lie in memory or on a disk without a head to move: they are looked up, not all read.
        let options = "-c plan_cache_mode=force_generic_plan -c jit=off -c random_page_cost=1.1";
        config.options(format!("{} {options}", config.get_options().unwrap_or_default()));
        let is_local = |host: &Host| match host {
            Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
            Host::Unix(_) => true,
        };
        if config.get_ssl_mode() != SslMode::Disable && !config.get_hosts().iter().all(is_local) {
            let words =
                "a database on another machine is spoken to in clear: say so with sslmode=disable, or put a tunnel in between";
            return Err(StoreError::Driver(words.to_owned()));
        }
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        // The connection that was used last has planned what is asked next.
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|e| StoreError::Driver(e.to_string()))?;
        Ok(Self { pool })
    }

    pub(crate) async fn begin(&self, read_only: bool) -> StoreResult<PostgresTx> {
        let client = self.pool.get().await.map_err(|e| StoreError::Driver(e.to_string()))?;
        let begin = if read_only { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "BEGIN" };
        // Made first, so that a request that goes away meanwhile leaves no transaction open.
        let mut tx = PostgresTx { client: Some(client) };
        tx.batch(begin).await?;
        Ok(tx)
    }
}

pub(crate) struct PostgresTx {
    client: Option<Object>,
}

impl PostgresTx {
    fn client(&self) -> StoreResult<&Object> {
        self.client.as_ref().ok_or_else(|| StoreError::Driver("the transaction has ended".to_owned()))
    }

    pub(crate) async fn query(&mut self, sql: &str, values: &[Val]) -> StoreResult<Vec<Row>> {
        self.ask(sql, values).await
    }

    /// Several statements on their way at once: the driver sends them without waiting for answers.
    pub(crate) async fn query_each(&mut self, asked: &[(String, Vec<Val>)]) -> StoreResult<Vec<Vec<Row>>> {
        try_join_all(asked.iter().map(|(sql, values)| self.ask(sql, values))).await
    }

    async fn ask(&self, sql: &str, values: &[Val]) -> StoreResult<Vec<Row>> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await.map_err(|e| driver(&e))?;
        let names: Arc<[String]> = statement.columns().iter().map(|c| c.name().to_owned()).collect();
        let parameters: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| v as _).collect();
        let rows = client.query(&statement, &parameters).await.map_err(|e| driver(&e))?;
        rows.iter().map(|row| Ok(Row { names: Arc::clone(&names), values: values_of(row)? })).collect()
    }

    pub(crate) async fn execute(&mut self, sql: &str, values: &[Val]) -> StoreResult<u64> {
        let client = self.client()?;
        let statement = client.prepare_cached(sql).await.map_err(|e| driver(&e))?;
        let parameters: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| v as _).collect();
        client.execute(&statement, &parameters).await.map_err(|e| driver(&e))
    }

    /// One statement for all rows: each column travels as one array.
    pub(crate) async fn insert_all<const N: usize>(&mut self, insert: &str, rows: Vec<[Val; N]>, then: &str) -> StoreResult<()> {
        let marks = |kind: &dyn Fn(usize) -> String| (0..N).map(kind).collect::<Vec<_>>().join(", ");
        let client = self.client()?;
        let one = format!("{insert} VALUES ({}) {then}", marks(&|at| format!("${}", at + 1)));
        let one = client.prepare_cached(&one).await.map_err(|e| driver(&e))?;
        let types = one.params();
        let arrays = marks(&|at| format!("${}::{}[]", at + 1, types[at].name()));
        let all = format!("{insert} SELECT * FROM unnest({arrays}) {then}");
        let all = client.prepare_cached(&all).await.map_err(|e| driver(&e))?;
        let mut columns: Vec<Vec<Val>> = (0..N).map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let parameters: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|v| v as _).collect();
        client.execute(&all, &parameters).await.map(|_| ()).map_err(|e| driver(&e))
    }

    pub(crate) async fn batch(&mut self, sql: &str) -> StoreResult<()> {
        self.client()?.batch_execute(sql).await.map_err(|e| driver(&e))
    }

    pub(crate) async fn commit(mut self) -> StoreResult<()> {
        let Some(client) = self.client.take() else { return Ok(()) };
        client.batch_execute("COMMIT").await.map_err(|e| driver(&e))
    }
}

impl Drop for PostgresTx {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        // The connection goes back to the pool only after its transaction is undone.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if client.batch_execute("ROLLBACK").await.is_err() {
                    drop(Object::take(client));
                }
            });
        } else {
            drop(Object::take(client));
        }
    }
}

fn values_of(row: &tokio_postgres::Row) -> StoreResult<Vec<Val>> {
    row.columns()
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let value = match *column.type_() {
                Type::INT8 => row.try_get::<_, Option<i64>>(at).map(|v| v.map(Val::Int)),
                Type::INT4 => row.try_get::<_, Option<i32>>(at).map(|v| v.map(|v| Val::Int(v.into()))),
                Type::BOOL => row.try_get::<_, Option<bool>>(at).map(|v| v.map(|v| Val::Int(v.into()))),
                Type::UUID => row.try_get::<_, Option<uuid::Uuid>>(at).map(|v| v.map(Val::Uuid)),
                Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at).map(|v| v.map(Val::Bytes)),
                _ => row.try_get::<_, Option<String>>(at).map(|v| v.map(Val::Text)),
            };
            value.map(|v| v.unwrap_or(Val::Null)).map_err(|e| driver(&e))
        })
        .collect()
}

impl ToSql for Val {
    fn to_sql(&self, as_type: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, as_type) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(v), &Type::INT4) => i32::try_from(*v)?.to_sql(as_type, out),
            (Self::Int(v), &Type::BOOL) => (*v != 0).to_sql(as_type, out),
            (Self::Int(v), _) => v.to_sql(as_type, out),
            (Self::Text(v), _) => v.to_sql(as_type, out),
            (Self::Bytes(v), _) => v.to_sql(as_type, out),
            (Self::Uuid(v), _) => v.to_sql(as_type, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn driver(e: &tokio_postgres::Error) -> StoreError {
    let text =
        e.as_db_error().map_or_else(|| e.to_string(), |db| format!("{} ({})", db.message(), db.constraint().unwrap_or("")));
    match e.code() {
        Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED) => StoreError::Busy(text),
        Some(code) if code.code().starts_with("23") => StoreError::Constraint(text),
        _ => StoreError::Driver(text),
    }
}
