using Attune.Models;
using Attune.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Tuning;

public sealed class AdapterSetTests
{
    [Fact]
    public void Every_row_has_its_own_adapter_however_they_are_mixed()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Llama();
        Save(folder["a"], "rank: 2\ntargets: [q_proj, up_proj, embed_tokens, lm_head]", seed: 1);
        Save(folder["b"], "rank: 3\ntargets: [q_proj, down_proj]", seed: 2);
        using var set = new AdapterSet(model);
        set.Add("a", folder["a"]);
        set.Add("b", folder["b"]);
        int[] lengths = [4, 2, 3, 1, 5];
        string[] names = ["a", "b", "a", AdapterSet.Base, "b"];
        using var rows = SmallModel.Rows(lengths);
        set.Use(rows, names);
        var mixed = SmallModel.Logits(model, rows);
        var lastPlaces = tensor(lengths.Select((_, row) => (long)lengths.Take(row + 1).Sum() - 1).ToArray());
        var last = model.Logits(model.Hidden(rows).index_select(0, lastPlaces));
        foreach (string name in new[] { "a", "b", AdapterSet.Base })
        {
            set.Use(name == AdapterSet.Base ? [] : [name]);
            var alone = SmallModel.Logits(model, rows);
            for (int row = 0, at = 0; row < lengths.Length; at += lengths[row], row++)
            {
                if (names[row] == name)
                {
                    Assert.True(SmallModel.Off(alone.narrow(0, at, lengths[row]), mixed.narrow(0, at, lengths[row])) < 1e-4, $"row {row}");
                    Assert.True(SmallModel.Off(alone[at + lengths[row] - 1], last[row]) < 1e-4, $"row {row}");
                }
                else
                {
                    Assert.True(SmallModel.Off(alone.narrow(0, at, lengths[row]), mixed.narrow(0, at, lengths[row])) > 1e-3, $"row {row}");
                }
            }
        }
    }

    [Fact]
    public void Adapters_come_and_go_and_the_base_stays()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = SmallModel.Llama();
        using var rows = SmallModel.Rows(4);
        var plain = SmallModel.Logits(model, rows);
        Save(folder["a"], "targets: [q_proj]", seed: 1);
        Save(folder["whole"], "targets: [q_proj]\nmodules_to_save: [lm_head]", seed: 2);
        using var set = new AdapterSet(model);
        set.Add("a", folder["a"]);
        set.Add("whole", folder["whole"]);
        Assert.Equal(["a", "whole"], set.Names);
        Assert.Equal(0, SmallModel.Off(plain, SmallModel.Logits(model, rows)));
        set.Use("whole");
        Assert.True(SmallModel.Off(plain, SmallModel.Logits(model, rows)) > 1e-3);
        set.Use("a");
        var first = SmallModel.Logits(model, rows);
        set.Use("a", "whole");
        set.Use("a");
        Assert.Equal(0, SmallModel.Off(first, SmallModel.Logits(model, rows)));
        Assert.Contains("cannot share", Assert.Throws<AttuneException>(() => set.Use(rows, ["whole"])).Message);
        Assert.Contains("did you mean whole?", Assert.Throws<AttuneException>(() => set.Use("whol")).Message);
        Assert.Contains("is taken", Assert.Throws<AttuneException>(() => set.Add("a", folder["a"])).Message);
        set.Remove("a");
        Assert.Equal(0, SmallModel.Off(plain, SmallModel.Logits(model, rows)));
        set.Use("whole");
        var merged = SmallModel.Logits(model, rows);
        set.Merge("whole");
        Assert.Empty(set.Names);
        Assert.True(SmallModel.Off(merged, SmallModel.Logits(model, rows)) < 1e-4);
        Assert.All(model.NamedLayers(), named => Assert.Null((named.Layer as IAdaptable)?.Delta));
    }

    private static void Save(string folder, string options, long seed)
    {
        using var model = SmallModel.Llama();
        using var lora = LoraTests.New(options);
        lora.Attach(model, seed);
        LoraTests.Disturb(lora);
        lora.Save(folder);
    }
}
