%% Faults of a room service, by order of a test: a file with one line, taken away when it is done.
%%   restart          the module of the rooms is stopped and started: it knows no occupants
%%   drop ROOM NICK   the room forgets an occupant, who hears nothing of it
-module(room_faults).
-export([start/1, filter/1]).

-define(HOST, <<"localhost">>).

start(Path) ->
    spawn(fun() -> look(Path) end).

look(Path) ->
    case file:read_file(Path) of
        {ok, Line} ->
            order(binary:split(string:trim(Line), <<" ">>, [global])),
            file:delete(Path);
        _ -> ok
    end,
    timer:sleep(50),
    look(Path).

order([<<"restart">>]) ->
    gen_mod:stop_module(?HOST, mod_muc),
    gen_mod:start_module(?HOST, mod_muc);
order([<<"drop">>, Room, Nick]) ->
    [Name, Service] = binary:split(Room, <<"@">>),
    [Jid] = [J || {J, N, _Role} <- mod_muc_admin:get_room_occupants(Name, Service), N =:= Nick],
    Occupant = jid:make(Name, Service, Nick),
    persistent_term:put(?MODULE, Occupant),
    ejabberd_hooks:add(user_receive_packet, ?HOST, ?MODULE, filter, 1),
    Unavailable = xmpp:decode({xmlel, <<"presence">>, [{<<"type">>, <<"unavailable">>}], []}),
    ejabberd_router:route(xmpp:set_from_to(Unavailable, jid:decode(Jid), Occupant)),
    await_gone(Name, Service, Nick),
    %% What the room has said of it is in the mailbox of whom it concerns: this comes behind it.
    timer:sleep(200),
    ejabberd_hooks:delete(user_receive_packet, ?HOST, ?MODULE, filter, 1).

await_gone(Name, Service, Nick) ->
    case [N || {_, N, _} <- mod_muc_admin:get_room_occupants(Name, Service), N =:= Nick] of
        [] -> ok;
        _ -> timer:sleep(10), await_gone(Name, Service, Nick)
    end.

%% The good-bye to somebody who left goes to nobody.
filter({Packet, State}) ->
    From = xmpp:get_from(Packet),
    case element(1, Packet) =:= presence andalso xmpp:get_type(Packet) =:= unavailable
        andalso From =:= persistent_term:get(?MODULE) of
        true -> {stop, {drop, State}};
        false -> {Packet, State}
    end.
