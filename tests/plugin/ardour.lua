-- A session in Ardour: Scribe on a track for the piano, its MIDI recorded on another track. Run by test_ardour.py.
local folder, name = os.getenv("COCHLEA_FOLDER"), os.getenv("COCHLEA_PLUGIN")
local kind = os.getenv("COCHLEA_FORMAT") == "vst3" and ARDOUR.PluginType.VST3 or ARDOUR.PluginType.LV2

AudioEngine:set_backend("JACK", "ardour", "")
local session = create_session(folder .. "/session", "session", 44100)
assert(session, "no session")

local last, normal = ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal
local one_midi = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
local piano = session:new_audio_track(1, 2, nil, 1, "piano", last, normal, true):front()
local notes = session:new_midi_track(one_midi, one_midi, true, ARDOUR.PluginInfo(), nil, nil, 1, "notes", last, normal, true):front()

local scribe = ARDOUR.LuaAPI.new_plugin(session, name, kind, "")
assert(not scribe:isnil(), "no plugin")
assert(piano:add_processor_by_index(scribe, 0, nil, true) == 0, "the plugin was not added")
assert(piano:output():n_ports():n_midi() == 1, "the plugin has no MIDI output")
notes:input():disconnect_all(nil)
assert(notes:input():midi(0):connect(piano:output():midi(0):name()) == 0, "the tracks were not connected")

piano:monitoring_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
notes:rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
session:goto_start()
session:maybe_enable_record()
session:request_roll(ARDOUR.TransportRequestSource.TRS_UI)
for i = 1, 100 do
	if session:actively_recording() then break end
	sleep(0.1)
end
assert(session:actively_recording(), "Ardour does not record")
io.open(folder .. "/rolling", "w"):close()

while true do
	local stop = io.open(folder .. "/stop")
	if stop then stop:close() break end
	sleep(0.1)
end
session:request_stop(false, false, ARDOUR.TransportRequestSource.TRS_UI)
sleep(2)
-- Exported, for in the file of a recording that was not edited Ardour 7.3 writes absolute times as differences.
for region in notes:playlist():region_list():iter() do
	assert(region:to_midiregion():do_export(folder .. "/notes.mid"), "the recording was not written")
end
close_session()
quit()
